"""Date operators: the days on which a value must lie for a test to hold today, and when that changes."""

from datetime import date

import msgspec

from leadlight.kit.days import date_of, day_number
from leadlight.rules.dates import FIRST_ANNIVERSARY_YEAR, anniversary_days, next_anniversary
from leadlight.rules.model import Test


class Span(msgspec.Struct, frozen=True):
    """Calendar days from `first` to `last`; None leaves that side open."""

    first: int | None
    last: int | None


def spans_of(test: Test, today: int, near: int | None = None) -> list[Span]:
    """The stretches of days of which a value must lie on one, in ascending order; of single days only those next to `near`."""
    if test.op == "anniversary":
        days = anniversary_days(today + _days(test))
        return [Span(day, day) for day in (sorted(days) if near is None else (near - 1, near, near + 1)) if day in days]
    return [_RELATIVE[test.op](_days(test), today)] if test.op in _RELATIVE else [_fixed(test)]


_RELATIVE = {
    "within_last": lambda days, today: Span(today - days + 1, today),
    "more_than_ago": lambda days, today: Span(None, today - days),
    "within_next": lambda days, today: Span(today, today + days - 1),
}


def _fixed(test: Test) -> Span:
    if test.op == "between":
        first, last = test.value  # type: ignore[misc, str-unpack]
        return Span(_day(first), _day(last))
    day = _day(test.value)
    return {
        "on": Span(day, day),
        "before": Span(None, day - 1),
        "lt": Span(None, day - 1),
        "lte": Span(None, day),
        "after": Span(day + 1, None),
        "gt": Span(day + 1, None),
        "gte": Span(day, None),
    }[test.op]


def next_turn(test: Test, day: int, today: int, *, holds: bool) -> int | None:
    """The next day after `today` whose beginning could change the test on a value that lies on `day`; None: no day."""
    if test.op == "anniversary":
        return today + 1 if holds else _next_anniversary(day, today, _days(test))
    if test.op not in _RELATIVE:
        return None
    days = _days(test)
    turns = {"within_last": (day, day + days), "more_than_ago": (day + days,), "within_next": (day - days + 1, day + 1)}
    return min((turn for turn in turns[test.op] if turn > today), default=None)


def _next_anniversary(day: int, today: int, shift: int) -> int | None:
    if date_of(day).year < FIRST_ANNIVERSARY_YEAR:
        return None
    return next_anniversary(day, today + shift) - shift


def _days(test: Test) -> int:
    if not isinstance(test.value, int):
        raise TypeError(f"expected a number of days, found {test.value!r}")
    return test.value


def _day(value: object) -> int:
    return day_number(date.fromisoformat(str(value)))
