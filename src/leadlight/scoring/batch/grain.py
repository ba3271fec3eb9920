"""How soon time alone may change a condition."""

from enum import IntEnum

from leadlight.rules import All, Condition, Did, Field, InSegment, Not, Sequence
from leadlight.rules import Any as AnyOf

RELATIVE_TO_TODAY = ("within_last", "more_than_ago", "within_next", "anniversary")


class Grain(IntEnum):
    """Never, at midnight, or at any moment."""

    NEVER = 0
    DAY = 1
    EXACT = 2


def grain_of(condition: Condition) -> Grain:
    """The finest grain at which time alone may change whether the condition holds."""
    match condition:
        case Field(test):
            return Grain.DAY if test.op in RELATIVE_TO_TODAY else Grain.NEVER
        case Did(within=window) if window is not None:
            return Grain.EXACT if window.is_exact else Grain.DAY
        case Did() | Sequence() | InSegment():
            return Grain.NEVER
        case Not(item):
            return grain_of(item)
        case All(items) | AnyOf(items):
            return max(map(grain_of, items), default=Grain.NEVER)
