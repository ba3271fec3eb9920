"""The statement: every line of a score, as of a day."""

from collections.abc import Iterator, Mapping

from leadlight.matching import ContactFacts
from leadlight.rules import evaluate
from leadlight.scoring.compiled import Behaviour, CompiledModel
from leadlight.scoring.ledger import Entry, ledgers
from leadlight.scoring.model import GLOBAL, Line, Rule, Statement
from leadlight.scoring.totals import totals_of


def statement(compiled: CompiledModel, facts: ContactFacts, today: int, now_us: int) -> Statement:
    """The score of a contact on `today`, line by line.

    Lines are ordered by level (global, stages, tags), then as the model orders its rules, oldest day first; corrections end a level.
    A behaviour's line is shown while its points live, also when a limit leaves it nothing; a state's while the state holds.
    """
    by_level: dict[str, list[Line]] = {}
    sums: dict[str, dict[int, int]] = {}
    for rule in compiled.rules:
        if isinstance(rule, Behaviour):
            found: Mapping[str, list[Entry]] = ledgers(rule, facts.tally(rule.matcher_id), today)
            for level, entries in found.items():
                by_level.setdefault(level, []).extend(_lines(rule.rule, level, entries))
                sums.setdefault(level, {})[rule.index] = sum(entry.points for entry in entries)
        elif evaluate(rule.condition, facts, now_us).holds:
            by_level.setdefault(GLOBAL, []).append(_state_line(rule.rule))
            sums.setdefault(GLOBAL, {})[rule.index] = rule.points
    totals = totals_of(compiled, sums)
    for level, total in totals.items():
        by_level.setdefault(level, []).extend(total.corrections)
    whole = totals[GLOBAL]
    return Statement(
        model=compiled.model.key,
        version=compiled.model.version,
        as_of_day=today,
        total=whole.total,
        fit=whole.fit,
        engagement=whole.engagement,
        levels={level: total.total for level, total in totals.items() if level != GLOBAL},
        lines=tuple(line for level in sorted(by_level, key=_level_order) for line in by_level[level]),
    )


def _lines(rule: Rule, level: str, entries: list[Entry]) -> Iterator[Line]:
    for entry in entries:
        yield Line(rule.key, rule.label, level, entry.day, entry.matched, entry.counted, entry.points)


def _state_line(rule: Rule) -> Line:
    return Line(rule.key, rule.label, GLOBAL, None, 1, 1, rule.points_hundredths)


def _level_order(level: str) -> tuple[bool, str]:
    return level != GLOBAL, level
