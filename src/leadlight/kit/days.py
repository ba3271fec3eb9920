"""Time as the engine counts it: microseconds since 1970 UTC, and whole days of the workspace's zone."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_DAY = date(1970, 1, 1).toordinal()
MICROSECOND = timedelta(microseconds=1)
SECOND_US = 1_000_000
DAY_US = 86_400 * SECOND_US
QUARTER_US = 900 * SECOND_US
QUARTERS_FROM_US = (10 * 365 + 2) * DAY_US
"""From 1980 on every zone is whole quarters of an hour off UTC, so a day begins with a quarter: one look serves all in it."""


def to_us(moment: datetime) -> int:
    """Microseconds since 1970-01-01T00:00Z; raises ValueError for a naive datetime."""
    if moment.tzinfo is None:
        raise ValueError(f"expected a time with a zone, found {moment.isoformat()}")
    return (moment - EPOCH) // MICROSECOND


def from_us(at_us: int) -> datetime:
    """The aware UTC datetime of `at_us`."""
    return EPOCH + timedelta(microseconds=at_us)


def day_of(at_us: int, zone: ZoneInfo) -> int:
    """Days from 1970-01-01 to the calendar day in `zone` that contains `at_us`."""
    if at_us < QUARTERS_FROM_US:
        return _day_of(at_us, zone)
    return _day_of_quarter(at_us // QUARTER_US, zone)


@lru_cache(maxsize=65536)
def _day_of_quarter(quarter: int, zone: ZoneInfo) -> int:
    return _day_of(quarter * QUARTER_US, zone)


def _day_of(at_us: int, zone: ZoneInfo) -> int:
    return from_us(at_us).astimezone(zone).toordinal() - EPOCH_DAY


def date_of(day: int) -> date:
    """The calendar date of a day number."""
    return date.fromordinal(day + EPOCH_DAY)


def day_number(day: date) -> int:
    """The day number of a calendar date."""
    return day.toordinal() - EPOCH_DAY


def week_of(day: int) -> int:
    """Number of the Monday-to-Sunday week; day 0 was a Thursday."""
    return (day + 3) // 7


def month_of(day: int) -> int:
    """Number of the calendar month, counted from year 0."""
    on = date_of(day)
    return on.year * 12 + on.month - 1


@lru_cache(maxsize=16_384)
def start_of_day_us(day: int, zone: ZoneInfo) -> int:
    """The first instant of calendar day `day` in `zone`, in microseconds (days may have 23 or 25 hours)."""
    on = date_of(day)
    return to_us(datetime(on.year, on.month, on.day, tzinfo=zone))
