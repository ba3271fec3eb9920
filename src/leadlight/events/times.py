"""When an event happened, from what the sender's clock said."""

from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from msgspec import Raw

from leadlight.kit.days import EPOCH, MICROSECOND, SECOND_US

EARLIEST_US = 946_684_800 * SECOND_US  # 2000-01-01: before it, the sender's clock was not set
_SECONDS_BELOW = 10**11  # as seconds this is the year 5138, as milliseconds 1973


def read_time(value: Any) -> int | None:
    """Microseconds since 1970 of an ISO 8601 text (UTC when it names no zone) or a number of seconds or milliseconds.

    None when absent or empty; raises ValueError otherwise.
    """
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return _read_iso(value)
    if isinstance(value, bool) or not isinstance(value, int | Raw):
        raise ValueError("not a time")  # noqa: TRY004 - a type of JSON, not of Python
    number = Decimal(bytes(value).decode() if isinstance(value, Raw) else value)
    return int(number * (SECOND_US if abs(number) < _SECONDS_BELOW else 1000))


@lru_cache(maxsize=1024)
def _read_iso(text: str) -> int:
    moment = datetime.fromisoformat(text.strip())
    return ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - EPOCH) // MICROSECOND


def correct_time(said_us: int | None, sent_us: int | None, received_us: int) -> int:
    """The sender's time moved by how far its clock was off when it sent (`received - sent`), never after `received_us`.

    Without a time, and for times before 2000, it is `received_us`.
    """
    if said_us is None:
        return received_us
    at_us = said_us if sent_us is None else said_us + received_us - sent_us
    return at_us if EARLIEST_US <= at_us < received_us else received_us
