"""Which of the matches of a day count."""

from functools import lru_cache

from leadlight.kit.days import month_of, week_of
from leadlight.scoring.model import Limits

UNLIMITED = 1 << 62


class Meter:
    """Counts matches day by day, oldest first, while none of their periods is full: day, Monday week, month, ever."""

    __slots__ = ("_day", "_ever", "_month", "_month_limit", "_month_room", "_week", "_week_limit", "_week_room")

    def __init__(self, limits: Limits) -> None:
        self._day = _or_unlimited(limits.day)
        self._week_limit = _or_unlimited(limits.week)
        self._month_limit = _or_unlimited(limits.month)
        self._ever = _or_unlimited(limits.ever)
        self._week = self._month = -UNLIMITED
        self._week_room = self._month_room = 0

    def take(self, day: int, matched: int) -> int:
        """How many of the `matched` of `day` count; days are asked for in ascending order, each once."""
        week, month = _periods(day)
        if week != self._week:
            self._week, self._week_room = week, self._week_limit
        if month != self._month:
            self._month, self._month_room = month, self._month_limit
        counted = min(matched, self._day, self._week_room, self._month_room, self._ever)
        self._week_room -= counted
        self._month_room -= counted
        self._ever -= counted
        return counted


def _or_unlimited(limit: int | None) -> int:
    return UNLIMITED if limit is None else limit


@lru_cache(maxsize=16_384)
def _periods(day: int) -> tuple[int, int]:
    return week_of(day), month_of(day)
