"""Conditions and matchers as DuckDB SQL that agrees with the evaluation in memory."""

from leadlight.rules.sql.conditions import condition_sql
from leadlight.rules.sql.events import matcher_sql, measure_sql

__all__ = ["condition_sql", "matcher_sql", "measure_sql"]
