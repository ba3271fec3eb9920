"""A statement as the API and files show it: points as decimals, days as ISO dates."""

from typing import Any

from leadlight.kit.days import date_of
from leadlight.scoring.model import Line, Score, Statement


def statement_document(statement: Statement, score: Score) -> dict[str, Any]:
    """The statement with the band and grade of its score; the points of its `global` lines sum to `total`."""
    return {
        "model": statement.model,
        "version": statement.version,
        "as_of": date_of(statement.as_of_day).isoformat(),
        "total": statement.total / 100,
        "fit": statement.fit / 100,
        "engagement": statement.engagement / 100,
        "band": score.band,
        "grade": score.grade,
        "levels": {level: points / 100 for level, points in statement.levels.items()},
        "lines": [_line(line) for line in statement.lines],
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "rule": line.rule,
        "label": line.label,
        "level": line.level,
        "day": None if line.day is None else date_of(line.day).isoformat(),
        "matched": line.matched,
        "counted": line.counted,
        "points": line.points_hundredths / 100,
    }
