"""Score models, and scores that add up line by line."""

from leadlight.scoring.bands import Standing, first_standing, grade_of, settle
from leadlight.scoring.compiled import CompiledModel, UnknownMatcher, compile_model, matchers_of_model
from leadlight.scoring.default import default_model
from leadlight.scoring.document import parse_model
from leadlight.scoring.model import (
    GLOBAL,
    Band,
    Dimension,
    Fade,
    Group,
    Limits,
    Line,
    Model,
    Rescored,
    Rule,
    Score,
    Statement,
)
from leadlight.scoring.rescoring import first_score, rescore
from leadlight.scoring.shown import statement_document
from leadlight.scoring.statement import statement
from leadlight.scoring.store import Ranked, delete, forget_version, load, ranked, step_back, store
from leadlight.scoring.writing import to_document

__all__ = [
    "GLOBAL",
    "Band",
    "CompiledModel",
    "Dimension",
    "Fade",
    "Group",
    "Limits",
    "Line",
    "Model",
    "Ranked",
    "Rescored",
    "Rule",
    "Score",
    "Standing",
    "Statement",
    "UnknownMatcher",
    "compile_model",
    "default_model",
    "delete",
    "first_score",
    "first_standing",
    "forget_version",
    "grade_of",
    "load",
    "matchers_of_model",
    "parse_model",
    "ranked",
    "rescore",
    "settle",
    "statement",
    "statement_document",
    "step_back",
    "store",
    "to_document",
]
