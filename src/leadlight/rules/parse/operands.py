"""What stands behind an operator, checked against what the operator takes."""

from collections.abc import Callable
from datetime import date, datetime

from leadlight.kit.days import day_number
from leadlight.rules.dates import FIRST_DAY, LAST_DAY
from leadlight.rules.model import Scalar
from leadlight.rules.numbers import as_number
from leadlight.rules.operators import Takes
from leadlight.rules.parse.reader import MOST_TEXT
from leadlight.rules.text import is_storable, pattern_problem

MOST_ITEMS = 500
MOST_PATTERN = 500
MOST_COUNT = 1_000_000
MOST_DAYS = 36_500
MOST_SHIFT = 366

Operand = Scalar | tuple[Scalar, ...]


class Unfit(Exception):
    """The operand is not what the operator takes; says what was expected."""


def operand_of(takes: Takes, value: object) -> Operand:
    """The operand in its canonical form (dates as text, lists as tuples); raises Unfit."""
    return _READERS[takes](value)


def _text(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= MOST_TEXT or not is_storable(value):
        raise Unfit(f"a text of 1 to {MOST_TEXT} characters")
    return value


def _pattern(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= MOST_PATTERN or not is_storable(value):
        raise Unfit(f"an RE2 pattern of 1 to {MOST_PATTERN} characters")
    problem = pattern_problem(value)
    if problem is not None:
        raise Unfit(f"a pattern RE2 understands ({problem})")
    return value


def _number(value: object) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float) or as_number(value) is None:
        raise Unfit("a number")
    return value


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise Unfit("true or false")
    return value


def _date(value: object) -> str:
    found = value.isoformat() if isinstance(value, date) and not isinstance(value, datetime) else value
    try:
        day = date.fromisoformat(found) if isinstance(found, str) and len(found) == len("2026-05-31") else None
    except ValueError:
        day = None
    if day is None or not FIRST_DAY < day_number(day) < LAST_DAY:
        raise Unfit("a date such as 2026-05-31, in the years 1000 to 2999")
    return day.isoformat()


def _whole(least: int, most: int) -> Callable[[object], int]:
    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise Unfit(f"a whole number from {least} to {most}")
        return value

    return read


def _several(read: Callable[[object], Scalar]) -> Callable[[object], tuple[Scalar, ...]]:
    def read_all(value: object) -> tuple[Scalar, ...]:
        if not isinstance(value, list | tuple) or not 0 < len(value) <= MOST_ITEMS:
            raise Unfit(f"a list of 1 to {MOST_ITEMS}")
        return tuple(map(read, value))

    return read_all


def _range(read: Callable[[object], Scalar]) -> Callable[[object], tuple[Scalar, ...]]:
    def read_two(value: object) -> tuple[Scalar, ...]:
        if not isinstance(value, list | tuple) or len(value) != 2:
            raise Unfit("a list of two, the lower first")
        low, high = map(read, value)
        if low > high:  # type: ignore[operator]
            raise Unfit("the lower of the two first")
        return low, high

    return read_two


_READERS: dict[Takes, Callable[[object], Operand]] = {
    Takes.TEXT: _text,
    Takes.TEXTS: _several(_text),
    Takes.PATTERN: _pattern,
    Takes.NUMBER: _number,
    Takes.NUMBERS: _several(_number),
    Takes.NUMBER_RANGE: _range(_number),
    Takes.BOOLEAN: _boolean,
    Takes.DATE: _date,
    Takes.DATE_RANGE: _range(_date),
    Takes.DAYS: _whole(1, MOST_DAYS),
    Takes.SHIFT: _whole(-MOST_SHIFT, MOST_SHIFT),
    Takes.COUNT: _whole(0, MOST_COUNT),
}
