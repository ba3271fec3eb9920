"""Comparisons of behaviour: how often something happened, or how much of a measured property came together."""

from collections.abc import Iterable
from operator import eq, ge, gt, le, lt

import msgspec

from leadlight.rules.facts import DayTally
from leadlight.rules.model import Did, Test
from leadlight.rules.numbers import exact_millionths

COMPARISONS = {
    "at_least": (ge, ">="),
    "at_most": (le, "<="),
    "exactly": (eq, "="),
    "more_than": (gt, ">"),
    "fewer_than": (lt, "<"),
}
"""Name -> its function in Python, its sign in SQL."""

COUNT = "count"
AGGREGATES = ("sum", "avg", "min", "max")
MOST_EXACT_COUNT = 499
"""The highest count a condition on exact times may compare with: one more hit time is kept than that."""
SEQUENCE_HITS = 500


class Totals(msgspec.Struct, frozen=True):
    """Sums over any number of matches, as in `DayTally`."""

    count: int = 0
    measured: int = 0
    total: int = 0
    low: int | None = None
    high: int | None = None

    def plus(self, tally: DayTally) -> "Totals":
        """These and the matches of one more day."""
        return Totals(
            self.count + tally.count,
            self.measured + tally.measured,
            self.total + tally.total,
            min((low for low in (self.low, tally.low) if low is not None), default=None),
            max((high for high in (self.high, tally.high) if high is not None), default=None),
        )


def totals_of(tallies: Iterable[DayTally]) -> Totals:
    """All days together."""
    together = Totals()
    for tally in tallies:
        together = together.plus(tally)
    return together


def passes(did: Did, totals: Totals) -> bool:
    """Whether the totals stand all comparisons. The sum of nothing is 0; average, least and greatest of nothing are absent."""
    if did.aggregate == COUNT:
        return is_count(did, totals.count)
    return all(_compare(did.aggregate, totals, test) for test in did.tests)


def is_count(did: Did, count: int) -> bool:
    """Whether a count stands all comparisons."""
    for test in did.tests:  # noqa: SIM110 - a generator costs more than the comparison
        if not COMPARISONS[test.op][0](count, number_of(test)):
            return False
    return True


def _compare(aggregate: str, totals: Totals, test: Test) -> bool:
    compare = COMPARISONS[test.op][0]
    amount = amount_of(test)
    if aggregate == "sum":
        return bool(compare(totals.total, amount))
    if aggregate == "avg":
        return totals.measured > 0 and bool(compare(totals.total, amount * totals.measured))
    extreme = totals.low if aggregate == "min" else totals.high
    return extreme is not None and bool(compare(extreme, amount))


def amount_of(test: Test) -> int:
    """The operand of a comparison with a measured amount, in millionths."""
    amount = exact_millionths(test.value)
    if amount is None:
        raise TypeError(f"expected an amount, found {test.value!r}")
    return amount


def number_of(test: Test) -> int:
    """The operand of a comparison with a count."""
    if not isinstance(test.value, int):
        raise TypeError(f"expected a count, found {test.value!r}")
    return test.value


def hits_needed(tests: Iterable[Test]) -> int:
    """How many of the newest hit times decide comparisons of a count."""
    return max(map(number_of, tests), default=0) + 1
