"""What an evaluator may ask about one person; whoever holds the data implements it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol
from zoneinfo import ZoneInfo

import msgspec

from leadlight.rules.model import Matcher


class DayTally(msgspec.Struct, frozen=True):
    """Matches of one matcher on one calendar day; sums and extremes of the measured property in millionths.

    `low`, `high` are None when no matching event carried a number under the measured path; `measured` counts those that did.
    """

    day: int
    count: int
    measured: int = 0
    total: int = 0
    low: int | None = None
    high: int | None = None


class Facts(Protocol):
    """One person as conditions see them."""

    zone: ZoneInfo

    def field(self, path: str) -> object:
        """Value under `contact.country`, `account.size`, `contact.tags` (a collection), `contact.score.<model>`
        (a number), `contact.stage`, `consent.email`; None when absent.
        """

    def days(self, matcher: Matcher) -> Iterable[DayTally]:
        """Daily tallies in any order; one entry a day."""

    def counts(self, matcher: Matcher) -> Mapping[int, int]:
        """Day -> matches."""

    def hits(self, matcher: Matcher) -> Sequence[int]:
        """The newest `matcher.keep_hits` hit times in microseconds, oldest first."""

    def segments(self) -> frozenset[str]:
        """Keys of the segments the person is in."""
