"""Numbers as JSON means them: integers are exact, all others are IEEE doubles in their shortest decimal form."""

from decimal import ROUND_HALF_UP, Decimal
from math import isfinite

MILLION = 1_000_000
MOST_MILLIONTHS = 10**18
"""Amounts reach from minus to plus this, exclusive."""

_FAR_BEYOND = 1e13


def as_number(value: object) -> float | None:
    """The nearest double of a JSON number; None for everything else and beyond the range of doubles."""
    if type(value) is float:
        return value if isfinite(value) else None
    if type(value) is not int:
        return None
    try:
        return float(value)
    except OverflowError:
        return None


def millionths(value: object) -> int | None:
    """A measured number in millionths, rounded half away from zero; None when it is no number or not below 1e12."""
    if type(value) is int:
        amount = value * MILLION
    elif type(value) is float and abs(value) < _FAR_BEYOND:
        amount = int(Decimal(repr(value)).scaleb(6).to_integral_value(ROUND_HALF_UP))
    else:
        return None
    return amount if -MOST_MILLIONTHS < amount < MOST_MILLIONTHS else None


def exact_millionths(value: object) -> int | None:
    """A number of a document in millionths; None when it has more than six decimals or is not below 1e12."""
    amount = millionths(value)
    if amount is None or type(value) is int:
        return amount
    return amount if Decimal(repr(value)).scaleb(6) == amount else None
