"""The condition language: one parser, two evaluators that agree (memory and DuckDB)."""

from leadlight.rules.compile import compile_matchers
from leadlight.rules.document import to_document
from leadlight.rules.evaluation import evaluate
from leadlight.rules.facts import DayTally, Facts
from leadlight.rules.kinds import kind_of_name
from leadlight.rules.model import (
    ANY_KIND,
    All,
    Any,
    Condition,
    Did,
    Field,
    InSegment,
    Matcher,
    Not,
    Sequence,
    Test,
    Verdict,
)
from leadlight.rules.parse import parse_condition, parse_matcher
from leadlight.rules.scope import Scope
from leadlight.rules.sql import condition_sql, matcher_sql, measure_sql
from leadlight.rules.walk import matchers_of

__all__ = [
    "ANY_KIND",
    "All",
    "Any",
    "Condition",
    "DayTally",
    "Did",
    "Facts",
    "Field",
    "InSegment",
    "Matcher",
    "Not",
    "Scope",
    "Sequence",
    "Test",
    "Verdict",
    "compile_matchers",
    "condition_sql",
    "evaluate",
    "kind_of_name",
    "matcher_sql",
    "matchers_of",
    "measure_sql",
    "parse_condition",
    "parse_matcher",
    "to_document",
]
