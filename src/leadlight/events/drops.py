"""Why an event is not processed: a closed list, counted by day and source."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Self

import msgspec

from leadlight.events.model import Incoming
from leadlight.kit.days import DAY_US, date_of
from leadlight.kit.db import Connection


class DropReason(StrEnum):
    """Every way an event can fail to count; `sentence` says it to people."""

    sentence: str

    def __new__(cls, value: str, sentence: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.sentence = sentence
        return member

    NOT_AN_OBJECT = "not_an_object", "The event is not a JSON object."
    MALFORMED = "malformed", "The event is not valid JSON or not valid UTF-8."
    TOO_LARGE = "too_large", "The event is larger than 32 KB of JSON."
    TOO_DEEP = "too_deep", "Properties, traits or context nest deeper than 32 levels."
    TOO_LONG = "too_long", "An id, a name or a key is longer than 255 characters."
    BAD_TYPE = "bad_type", "A field has the wrong JSON type, for example an object as userId."
    BAD_NUMBER = "bad_number", "A number is NaN, infinite, or written with more than 400 digits or a 4-digit exponent."
    BAD_TIME = "bad_time", "The timestamp is not an ISO 8601 time or a number of seconds or milliseconds since 1970."
    UNKNOWN_CALL = "unknown_call", "The type is none of identify, track, page, screen, group, alias."
    NO_NAME = "no_name", "A track call has no event name."
    RESERVED_NAME = "reserved_name", "The event name belongs to Leadlight itself, which alone may say that it happened."
    NO_IDENTITY = "no_identity", "There is no userId, no anonymousId and, in an identify call, no valid e-mail."
    NO_GROUP = "no_group", "A group call has no groupId."
    NO_PREVIOUS = "no_previous", "An alias call lacks userId, or both previousId and anonymousId."
    DUPLICATE = "duplicate", "An event of this source with this messageId was stored before; it counts once."
    LOOP_CUT = (
        "loop_cut",
        "What an event set off set itself off again and again; after 8 rounds it counts and is no more reported.",
    )
    FAILED = "failed", "Processing failed three times; the event is set aside with its error and can be retried."


class Rejection(msgspec.Struct, frozen=True):
    """An event refused at the door: the reason, and what was found in this one."""

    reason: DropReason
    detail: str


class DropCount(msgspec.Struct, frozen=True):
    """How many events of one source were dropped for one reason on one UTC day."""

    day: date
    source: str
    reason: DropReason
    count: int


async def count_drops(conn: Connection, reason: DropReason, events: Iterable[Incoming]) -> None:
    """Count these events as dropped on the UTC days they were received."""
    await add_drops(conn, Counter((event.received_us // DAY_US, event.source, reason) for event in events))


async def add_drops(conn: Connection, drops: Mapping[tuple[int, str, DropReason], int]) -> None:
    """Add counts: (UTC day number, source, reason) -> how many."""
    rows = sorted((date_of(day), source, reason, count) for (day, source, reason), count in drops.items())
    if rows:
        await conn.execute(_COUNT, *map(list, zip(*rows, strict=True)))


async def list_drops(conn: Connection, days: int = 30) -> list[DropCount]:
    """Counts of the newest `days` days that have any, newest day first, then by source and reason."""
    rows = await conn.fetch(_LIST, days)
    return [DropCount(row["day"], row["source"], DropReason(row["reason"]), row["count"]) for row in rows]


_COUNT = """
insert into drops (day, source, reason, count)
select * from unnest($1::date[], $2::text[], $3::text[], $4::bigint[])
on conflict (day, source, reason) do update set count = drops.count + excluded.count
"""

_LIST = """
select day, source, reason, count from drops
where day in (select distinct day from drops order by day desc limit $1)
order by day desc, source, reason
"""
