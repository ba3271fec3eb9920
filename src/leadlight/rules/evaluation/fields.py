"""Comparisons on the profile; those on dates know the next day that may change them."""

from leadlight.kit.days import start_of_day_us
from leadlight.rules.calendar import next_turn, spans_of
from leadlight.rules.dates import day_in_zone, is_within, read_date
from leadlight.rules.evaluation.moment import Moment
from leadlight.rules.model import Test, Verdict
from leadlight.rules.predicates import predicate_of

_TRUE, _FALSE = Verdict(holds=True), Verdict(holds=False)


def field_verdict(test: Test, value: object, moment: Moment) -> Verdict:
    """Whether the value stands the test now."""
    predicate = predicate_of(test)
    if predicate is not None:
        return _TRUE if predicate(value) else _FALSE
    when = read_date(value)
    if when is None:
        return _FALSE
    day = day_in_zone(when, moment.zone)
    holds = any(is_within(when, span.first, span.last, moment.zone) for span in spans_of(test, moment.today, near=day))
    turn = next_turn(test, day, moment.today, holds=holds)
    return Verdict(holds, None if turn is None else start_of_day_us(turn, moment.zone))
