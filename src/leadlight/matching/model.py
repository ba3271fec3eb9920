"""Tallies and memories: what is remembered about a person's behaviour."""

import msgspec


class Cell(msgspec.Struct, array_like=True, gc=False):
    """Matches of one matcher on one day in one lifecycle stage; numbers as in `rules.facts.DayTally`."""

    count: int = 0
    measured: int = 0
    total: int = 0
    low: int | None = None
    high: int | None = None


class Tally(msgspec.Struct, array_like=True, gc=False):
    """All that is remembered about one matcher: stage at the time ("" when none) -> day -> cell, and the newest hit times, oldest first."""

    stages: dict[str, dict[int, Cell]] = {}
    hits: list[int] = []


Memory = dict[int, Tally]
"""Matcher id -> tally, for one subject. Memories only add up: a contact's memory is the sum of its subjects'."""
