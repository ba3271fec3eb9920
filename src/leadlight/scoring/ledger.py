"""The lines of one rule: which matches count, what they are worth today, and when that changes."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from leadlight.matching import Cell, Tally, over_stages
from leadlight.scoring.compiled import Behaviour
from leadlight.scoring.fading import PPM
from leadlight.scoring.limits import Meter
from leadlight.scoring.model import GLOBAL

MILLIONTHS = 1_000_000
MOST_IN_A_LINE = 10**12
"""No line is worth more than ten thousand million points, either way: sums stay within 64 bits everywhere."""

Days = Mapping[int, Cell]


class Entry(NamedTuple):
    """One line of one ledger, before it has a label. Points in hundredths."""

    day: int
    matched: int
    counted: int
    points: int
    measured_total: int


def ledgers(rule: Behaviour, tally: Tally, today: int) -> dict[str, list[Entry]]:
    """Level -> lines, oldest first, of the matches whose points still live on `today`; levels without lines are left out.

    A tag's ledger holds the same lines as the global one: its caps and floors differ.
    """
    found: dict[str, list[Entry]] = {}
    lines = entries(rule, over_stages(tally), today)
    if lines:
        found[GLOBAL] = lines
        for level in rule.tag_levels:
            found[level] = lines
    if rule.by_stage:
        for stage, days in tally.stages.items():
            if stage and (lines := entries(rule, days, today)):
                found[f"stage:{stage}"] = lines
    return found


def entries(rule: Behaviour, days: Days, today: int) -> list[Entry]:
    """Lines of `days` up to `today` that have not faded altogether, oldest first."""
    curve = rule.curve
    meter = None if rule.limits is None else Meter(rule.limits)
    lines = []
    first = today - rule.reach_days
    for day in sorted([day for day in days if first <= day <= today]):
        cell = days[day]
        matched = cell.count
        counted = matched if meter is None else meter.take(day, matched)
        if curve is None:
            ppm = PPM
        else:
            age = today - day
            if age >= len(curve.ppm):
                continue
            ppm = curve.ppm[age]
        lines.append(Entry(day, matched, counted, worth(rule, counted, cell.total, ppm), cell.total))
    return lines


def worth(rule: Behaviour, counted: int, measured_total: int, ppm: int) -> int:
    """Hundredths of a line: truncated toward zero once, and held within MOST_IN_A_LINE."""
    over, under = (
        (rule.points * measured_total * ppm, MILLIONTHS * PPM)
        if rule.per_measured
        else (rule.points * counted * ppm, PPM)
    )
    points = over // under if over >= 0 else -(-over // under)
    if -MOST_IN_A_LINE <= points <= MOST_IN_A_LINE:
        return points
    return MOST_IN_A_LINE if points > 0 else -MOST_IN_A_LINE


def changes_on(rule: Behaviour, tally: Tally, found: Mapping[str, list[Entry]], today: int) -> int | None:
    """The first day after `today` on which a line of the rule changes, begins or ends by time alone; None for never."""
    days = [day for of_stage in tally.stages.values() for day in of_stage if day > today]
    if rule.curve is not None:
        for lines in _distinct(rule, found):
            for line in lines:
                days.append(_line_changes_on(rule, line, today))
                if days[-1] == today + 1:
                    return today + 1
    return min(days, default=None)


def _line_changes_on(rule: Behaviour, line: Entry, today: int) -> int:
    curve = rule.curve
    assert curve is not None
    age = curve.next_drop[today - line.day]
    while age < len(curve.ppm) and worth(rule, line.counted, line.measured_total, curve.ppm[age]) == line.points:
        age = curve.next_drop[age]
    return line.day + age


def _distinct(rule: Behaviour, found: Mapping[str, list[Entry]]) -> Iterable[list[Entry]]:
    """The ledgers without those of tags, which hold the same lines as the global one."""
    if not rule.by_stage:
        return (found[GLOBAL],) if found else ()
    return [lines for level, lines in found.items() if level not in rule.tag_levels]
