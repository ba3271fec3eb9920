"""Memories add up: one more match, one more subject, in any order, give the same sums."""

from bisect import insort
from collections.abc import Iterable

from leadlight.matching.model import Cell, Memory, Tally

MOST_HITS = 500
"""No matcher keeps more hit times than this."""


def tally(  # noqa: PLR0913, PLR0917 - called for every match of every event: no object is made for it
    memory: Memory, matcher_id: int, keep_hits: int, day: int, stage: str, at_us: int, measured: int | None
) -> None:
    """Count one match in place. `stage` is the stage at the time ("" for none), `measured` is in millionths."""
    held = memory.get(matcher_id)
    if held is None:
        held = memory[matcher_id] = Tally()
    cell = held.cells.get((day, stage))
    if cell is None:
        cell = held.cells[day, stage] = Cell()
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


def _sum(tallies: list[Tally]) -> Tally:
    cells: dict[tuple[int, str], Cell] = {}
    for held in tallies:
        for key, cell in held.cells.items():
            known = cells.get(key)
            if known is None:
                cells[key] = Cell(cell.count, cell.measured, cell.total, cell.low, cell.high)
            else:
                _add(known, cell)
    hits = sorted(at_us for held in tallies for at_us in held.hits)
    return Tally(cells, hits[-MOST_HITS:])


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
