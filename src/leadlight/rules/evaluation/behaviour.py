"""How often, how much, how recently: from daily tallies, or from hit times where the exact time counts."""

from collections.abc import Iterable, Mapping

from leadlight.kit.days import start_of_day_us
from leadlight.rules.amounts import COUNT, Totals, is_count, passes
from leadlight.rules.evaluation.moment import Moment
from leadlight.rules.facts import DayTally, Facts
from leadlight.rules.model import Did, Verdict, Window


def did_verdict(did: Did, facts: Facts, moment: Moment) -> Verdict:
    """Whether the behaviour was shown, seen from now."""
    if did.since is not None:
        after = facts.hits(did.since)[-1:]
        hits = [at_us for at_us in facts.hits(did.matcher) if after and at_us > after[0]]
        return _from_hits(did, hits, did.within, moment)
    if did.within is not None and did.within.is_exact:
        return _from_hits(did, facts.hits(did.matcher), did.within, moment)
    if did.aggregate == COUNT:
        return _from_counts(did, facts.counts(did.matcher), moment)
    return _from_days(did, facts.days(did.matcher), moment)


def _from_hits(did: Did, hits: Iterable[int], window: Window | None, moment: Moment) -> Verdict:
    if window is None:
        return Verdict(passes(did, Totals(sum(1 for _ in hits))))
    start_us = moment.starts_us(window)
    inside = [at_us for at_us in hits if at_us >= start_us]
    holds = passes(did, Totals(len(inside)))
    for gone, at_us in enumerate(inside, start=1):
        if passes(did, Totals(len(inside) - gone)) is not holds:
            return Verdict(holds, moment.leaves_us(at_us, window))
    return Verdict(holds)


def _from_days(did: Did, tallies: Iterable[DayTally], moment: Moment) -> Verdict:
    first_day = moment.first_day(did.within)
    inside = sorted((tally for tally in tallies if first_day is None or tally.day >= first_day), key=_day, reverse=True)
    kept = [Totals()]
    for tally in inside:
        kept.append(kept[-1].plus(tally))
    holds = passes(did, kept[-1])
    if did.within is None:
        return Verdict(holds)
    # As days leave the window, oldest first, the totals go back through those kept.
    for tally, rest in zip(reversed(inside), reversed(kept[:-1]), strict=True):
        if passes(did, rest) is not holds:
            return Verdict(holds, start_of_day_us(tally.day + did.within.amount, moment.zone))
    return Verdict(holds)


def _from_counts(did: Did, counts: Mapping[int, int], moment: Moment) -> Verdict:
    """As for amounts, without their sums and extremes: this is asked for nearly every event."""
    if did.within is None:
        return Verdict(is_count(did, sum(counts.values())))
    first_day = moment.today - did.within.amount + 1
    inside = sorted([(day, count) for day, count in counts.items() if day >= first_day])
    left = sum([count for _, count in inside])
    holds = is_count(did, left)
    for day, count in inside:
        left -= count
        if is_count(did, left) is not holds:
            return Verdict(holds, start_of_day_us(day + did.within.amount, moment.zone))
    return Verdict(holds)


def _day(tally: DayTally) -> int:
    return tally.day
