"""Trees of conditions: verdicts combine, and so do the moments at which they may change."""

from leadlight.rules.evaluation.behaviour import did_verdict
from leadlight.rules.evaluation.fields import field_verdict
from leadlight.rules.evaluation.moment import Moment, moment_of
from leadlight.rules.evaluation.sequence import happened_in_order
from leadlight.rules.facts import Facts
from leadlight.rules.model import All, Condition, Did, Field, InSegment, Not, Sequence, Verdict
from leadlight.rules.model import Any as AnyOf


def evaluate(condition: Condition, facts: Facts, now_us: int) -> Verdict:
    """The verdict at `now_us`. Its `changes_at_us` is never later than the first change by time alone, but may be earlier."""
    return _verdict(condition, facts, moment_of(now_us, facts.zone))


def _verdict(condition: Condition, facts: Facts, moment: Moment) -> Verdict:
    match condition:
        case Field(test):
            return field_verdict(test, facts.field(test.path), moment)
        case Did():
            return did_verdict(condition, facts, moment)
        case Sequence(steps, within):
            return Verdict(happened_in_order([facts.hits(step) for step in steps], within))
        case InSegment(key):
            return Verdict(key in facts.segments())
        case Not(item):
            verdict = _verdict(item, facts, moment)
            return Verdict(not verdict.holds, verdict.changes_at_us)
        case All(items):
            return _combined(items, facts, moment, decisive=False)
        case AnyOf(items):
            return _combined(items, facts, moment, decisive=True)


def _combined(items: tuple[Condition, ...], facts: Facts, moment: Moment, *, decisive: bool) -> Verdict:
    """One decisive verdict decides; it must change, and all others like it, before the whole can."""
    verdicts = [_verdict(item, facts, moment) for item in items]
    deciding = [verdict.changes_at_us for verdict in verdicts if verdict.holds is decisive]
    if deciding:
        known = [at_us for at_us in deciding if at_us is not None]
        return Verdict(decisive, max(known) if len(known) == len(deciding) else None)
    changes = [verdict.changes_at_us for verdict in verdicts if verdict.changes_at_us is not None]
    return Verdict(not decisive, min(changes, default=None))
