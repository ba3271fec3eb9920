"""Now, as windows see it."""

from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

from leadlight.kit.days import SECOND_US, day_of, start_of_day_us
from leadlight.rules.model import Unit, Window

SPANS_US = {
    Unit.HOURS: 3600 * SECOND_US,
    Unit.MINUTES: 60 * SECOND_US,
    Unit.SECONDS: SECOND_US,
    Unit.DAYS: 86_400 * SECOND_US,
}


class Moment(msgspec.Struct, frozen=True):
    """An instant with its calendar day in the workspace zone."""

    now_us: int
    today: int
    zone: ZoneInfo

    def first_day(self, window: Window | None) -> int | None:
        """The first calendar day of a window of days; None for no window."""
        return None if window is None else self.today - window.amount + 1

    def starts_us(self, window: Window) -> int:
        """The first microsecond inside a window."""
        if window.is_exact:
            return self.now_us - span_us(window) + 1
        return start_of_day_us(self.today - window.amount + 1, self.zone)

    def leaves_us(self, at_us: int, window: Window) -> int:
        """When an instant inside a window leaves it."""
        if window.is_exact:
            return at_us + span_us(window)
        return start_of_day_us(day_of(at_us, self.zone) + window.amount, self.zone)


@lru_cache(maxsize=64)
def moment_of(now_us: int, zone: ZoneInfo) -> Moment:
    """The moment `now_us`."""
    return Moment(now_us, day_of(now_us, zone), zone)


def span_us(window: Window) -> int:
    """The exact length of a window; a day counts 24 hours."""
    return window.amount * SPANS_US[window.unit]
