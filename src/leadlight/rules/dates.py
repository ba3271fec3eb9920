"""Dates in profiles: ISO 8601 text read as a calendar day, or as an instant that lies in a day of the workspace zone."""

from datetime import date
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec
import re2

from leadlight.kit.days import SECOND_US, date_of, day_number, day_of, start_of_day_us

DATE = r"[12]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
_CLOCK = r"[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?"
LOCAL = rf"\A{DATE}(?:{_CLOCK})?\z"
"""A day, or a clock time without zone, which is taken as the workspace's."""
ZONED = rf"\A{DATE}{_CLOCK}(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)\z"
SECONDS = r"\A.{16}:(\d\d)"

FIRST_DAY = day_number(date(1000, 1, 1))
LAST_DAY = day_number(date(2999, 12, 31))
FIRST_ANNIVERSARY_YEAR = 1900

_local = re2.compile(LOCAL)
_zoned = re2.compile(ZONED)
_seconds = re2.compile(SECONDS)


class LocalDay(msgspec.Struct, frozen=True):
    """A value that names a calendar day."""

    day: int


class Instant(msgspec.Struct, frozen=True):
    """A value that names a second since 1970 UTC; its day depends on the zone."""

    second: int


When = LocalDay | Instant


def read_date(value: object) -> When | None:
    """The day or instant a profile value names; None for all that is not an ISO 8601 date of the years 1000 to 2999."""
    if type(value) is not str:
        return None
    is_local = _local.search(value) is not None
    if not is_local and _zoned.search(value) is None:
        return None
    try:
        day = day_number(date.fromisoformat(value[:10]))
    except ValueError:
        return None
    return LocalDay(day) if is_local else Instant(day * 86_400 + _clock_seconds(value) - _offset_seconds(value))


def _clock_seconds(text: str) -> int:
    seconds = _seconds.search(text)
    return int(text[11:13]) * 3600 + int(text[14:16]) * 60 + (int(seconds.group(1)) if seconds else 0)


def _offset_seconds(text: str) -> int:
    if text.endswith("Z"):
        return 0
    size = int(text[-5:-3]) * 3600 + int(text[-2:]) * 60
    return -size if text[-6] == "-" else size


@lru_cache(maxsize=65_536)
def start_second(day: int, zone: ZoneInfo) -> int:
    """The first second of a calendar day, since 1970 UTC."""
    return start_of_day_us(day, zone) // SECOND_US


def is_within(when: When, first: int | None, last: int | None, zone: ZoneInfo) -> bool:
    """Whether the value lies on a day from `first` to `last`; None leaves that side open."""
    if isinstance(when, LocalDay):
        return (first is None or first <= when.day) and (last is None or when.day <= last)
    return (first is None or start_second(first, zone) <= when.second) and (
        last is None or when.second < start_second(last + 1, zone)
    )


def day_in_zone(when: When, zone: ZoneInfo) -> int:
    """The calendar day the value lies on."""
    return when.day if isinstance(when, LocalDay) else day_of(when.second * SECOND_US, zone)


@lru_cache(maxsize=1024)
def anniversary_days(target: int) -> frozenset[int]:
    """Days of which `target` is an anniversary, since 1900; 29 February is kept on the 28th in common years."""
    on = date_of(target)
    days = [(on.month, on.day)]
    if days == [(2, 28)] and not _is_leap(on.year):
        days.append((2, 29))
    return frozenset(
        day_number(date(year, month, day))
        for year in range(FIRST_ANNIVERSARY_YEAR, on.year)
        for month, day in days
        if (month, day) != (2, 29) or _is_leap(year)
    )


def next_anniversary(day: int, after: int) -> int:
    """The first anniversary of `day` later than the day `after`."""
    on = date_of(day)
    year = max(date_of(after).year, on.year + 1)
    while (found := _in_year(on, year)) <= after:
        year += 1
    return found


def _in_year(on: date, year: int) -> int:
    is_moved = (on.month, on.day) == (2, 29) and not _is_leap(year)
    return day_number(date(year, 2, 28) if is_moved else on.replace(year=year))


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
