"""Memories add up: one more match, one more subject, in any order, give the same sums."""

from bisect import insort
from collections.abc import Iterable, Mapping

from leadlight.matching.model import Cell, Memory, Tally

MOST_HITS = 500
"""No matcher keeps more hit times than this."""


def tally(
    memory: Memory, matcher_id: int, keep_hits: int, day: int, stage: str, at_us: int, measured: int | None
) -> None:
    """Count one match in place. `stage` is the stage at the time ("" for none), `measured` is in millionths."""
    held = memory.get(matcher_id)
    if held is None:
        held = memory[matcher_id] = Tally()
    days = held.stages.get(stage)
    if days is None:
        days = held.stages[stage] = {}
    cell = days.get(day)
    if cell is None:
        cell = days[day] = Cell()
    cell.count += 1
    if measured is not None:
        cell.measured += 1
        cell.total += measured
        cell.low = _least(cell.low, measured)
        cell.high = _greatest(cell.high, measured)
    if keep_hits:
        insort(held.hits, at_us)
        if len(held.hits) > keep_hits:
            del held.hits[0]


def merged(memories: Iterable[Memory], matcher_id: int) -> Tally:
    """What all `memories` together know about one matcher; not to be changed, it may be one of theirs.

    The newest MOST_HITS hit times are there; a reader takes as many of the newest as its matcher keeps.
    """
    tallies = [memory[matcher_id] for memory in memories if matcher_id in memory]
    if len(tallies) == 1:
        return tallies[0]
    return _sum(tallies)


def sum_memories(memories: Iterable[Memory]) -> Memory:
    """One memory that knows what all `memories` know; shares nothing with them. Hit times as in `merged`."""
    together: dict[int, list[Tally]] = {}
    for memory in memories:
        for matcher_id, held in memory.items():
            together.setdefault(matcher_id, []).append(held)
    return {matcher_id: _sum(tallies) for matcher_id, tallies in together.items()}


def over_stages(held: Tally) -> Mapping[int, Cell]:
    """Day -> cell, whatever the stage was; not to be changed, it may be the tally's own."""
    if len(held.stages) == 1:
        return next(iter(held.stages.values()))
    together: dict[int, Cell] = {}
    for days in held.stages.values():
        _add_days(together, days)
    return together


def _sum(tallies: list[Tally]) -> Tally:
    stages: dict[str, dict[int, Cell]] = {}
    for held in tallies:
        for stage, days in held.stages.items():
            _add_days(stages.setdefault(stage, {}), days)
    hits = sorted(at_us for held in tallies for at_us in held.hits)
    return Tally(stages, hits[-MOST_HITS:])


def _add_days(known: dict[int, Cell], days: Mapping[int, Cell]) -> None:
    for day, cell in days.items():
        if day in known:
            _add(known[day], cell)
        else:
            known[day] = Cell(cell.count, cell.measured, cell.total, cell.low, cell.high)


def _add(known: Cell, cell: Cell) -> None:
    known.count += cell.count
    known.measured += cell.measured
    known.total += cell.total
    known.low = _least(known.low, cell.low)
    known.high = _greatest(known.high, cell.high)


def _least(one: int | None, other: int | None) -> int | None:
    if one is None or other is None:
        return one if other is None else other
    return min(one, other)


def _greatest(one: int | None, other: int | None) -> int | None:
    if one is None or other is None:
        return one if other is None else other
    return max(one, other)
