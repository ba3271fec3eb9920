"""Rows of the intake and of the stored events: the hot path, everything in bulk."""

from collections.abc import Collection, Iterable, Sequence
from random import randrange
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from leadlight.events.drops import DropReason
from leadlight.events.model import Event, Incoming
from leadlight.kit.days import from_us, to_us
from leadlight.kit.db import Connection

encode_body = msgspec.msgpack.Encoder().encode
_decode_body = msgspec.msgpack.Decoder(Incoming).decode

SHARDS = 64
SHARD_LOCK = 0x696E7461

_COLUMNS = (
    "id",
    "subject_id",
    "kind",
    "name",
    "source",
    "message_id",
    "at",
    "received_at",
    "day",
    "url_host",
    "url_path",
    "url_query",
    "referrer_host",
    "properties",
    "context",
    "excluded",
)
_SELECTED = ", ".join("e." + column for column in _COLUMNS)


async def take(conn: Connection, shards: Sequence[int], limit: int) -> list[tuple[int, int, Incoming]]:
    """The oldest `limit` waiting events of these shards: (intake id, attempts so far, event), in order of arrival.

    They stay until `finish`. A row no version of this program could have written is set aside at once.
    """
    taken: list[tuple[int, int, Incoming]] = []
    for row_id, attempts, body in await _waiting_rows(conn, shards, limit):
        try:
            taken.append((row_id, attempts, _decode_body(body)))
        except msgspec.MsgspecError as error:
            await conn.execute(_SET_ASIDE_ROW, row_id, DropReason.FAILED, str(error))
    return taken


async def _waiting_rows(conn: Connection, shards: Sequence[int], limit: int) -> list[asyncpg.Record]:
    """The oldest rows; of some shards only, at most a few times each one's share, so that a long queue is not sorted."""
    if len(shards) == SHARDS:
        return await conn.fetch(_TAKE_ANY, limit)
    share = 16 + 4 * limit // max(1, len(shards))
    return await conn.fetch(_TAKE_OF_SHARDS, list(shards), limit, share)


async def free_shards(conn: Connection, lanes: int) -> list[int]:
    """Shards with waiting events that nobody else works on, at most a share of 1/`lanes`; ours until the transaction ends."""
    share = -(-SHARDS // lanes)
    rows = await conn.fetch(_FREE_SHARDS, SHARD_LOCK, SHARDS, share, randrange(SHARDS))  # noqa: S311 - only fairness
    return [row[0] for row in rows]


async def are_waiting(conn: Connection) -> bool:
    """Whether the intake holds any event, another worker's included."""
    return bool(await conn.fetchval("select exists (select from intake)"))


async def count_waiting(conn: Connection, most: int) -> int:
    """How many events the intake holds, counted to `most`."""
    return int(await conn.fetchval("select count(*) from (select from intake limit $1) as waiting", most))


async def finish(conn: Connection, intake_ids: Sequence[int]) -> None:
    """Remove rows from the intake, in the transaction that stores what became of them."""
    await conn.execute("delete from intake where id = any($1::bigint[])", intake_ids)


async def note_attempt(conn: Connection, intake_ids: Sequence[int]) -> None:
    """Count one more failed attempt at these rows."""
    await conn.execute("update intake set attempts = attempts + 1 where id = any($1::bigint[])", intake_ids)


async def existing(conn: Connection, ids: Sequence[UUID]) -> set[UUID]:
    """Those of `ids` that are stored already."""
    rows = await conn.fetch("select id from events where id = any($1::uuid[])", ids)
    return {row[0] for row in rows}


async def append(conn: Connection, events: Iterable[Event]) -> None:
    """Store events by one binary COPY; raises asyncpg.UniqueViolationError when one is stored already."""
    await conn.copy_records_to_table("events", records=map(_record, events), columns=_COLUMNS)


async def timeline(
    conn: Connection,
    subject_ids: Sequence[UUID],
    before: tuple[int, UUID] | None,
    limit: int,
    kinds: Sequence[str] = (),
    *,
    but_kinds: Collection[str] = (),
) -> list[Event]:
    """Events of these subjects, newest first, of all kinds when none is named, but for `but_kinds`.

    `before` is (`at_us`, `id`) of the last event of the page before.
    """
    arguments: list[Any] = [subject_ids, limit]
    conditions = ""
    if before:
        arguments += [from_us(before[0]), before[1]]
        conditions += " and (at, id) < ($3, $4)"
    if kinds:
        arguments.append(kinds)
        conditions += f" and kind = any(${len(arguments)}::text[])"
    if but_kinds:
        arguments.append(list(but_kinds))
        conditions += f" and kind <> all(${len(arguments)}::text[])"
    rows = await conn.fetch(_TIMELINE.format(conditions=conditions), *arguments)
    return [_event(row) for row in rows]


async def of_subjects(conn: Connection, subject_ids: Sequence[UUID], since_xid: int = 0) -> list[Event]:
    """All events of these subjects stored by transactions from `since_xid` on, oldest first."""
    return [_event(row) for row in await conn.fetch(_OF_SUBJECTS, subject_ids, str(since_xid))]


async def subjects_since(conn: Connection, since_xid: int) -> set[UUID]:
    """Subjects of events stored by transactions from `since_xid` on."""
    return {row[0] for row in await conn.fetch(_SUBJECTS_SINCE, str(since_xid))}


def _record(event: Event) -> tuple[Any, ...]:
    return (
        event.id,
        event.subject_id,
        event.kind,
        event.name,
        event.source,
        event.message_id,
        from_us(event.at_us),
        from_us(event.received_us),
        event.day,
        event.url_host,
        event.url_path,
        event.url_query,
        event.referrer_host,
        event.properties,
        event.context,
        event.excluded,
    )


def _event(row: Any) -> Event:
    values = list(row)
    values[6], values[7] = to_us(values[6]), to_us(values[7])
    return Event(*values)


_TAKE_ANY = "select id, attempts, body from intake order by id limit $1"

_TAKE_OF_SHARDS = """
select w.id, w.attempts, w.body
from unnest($1::smallint[]) as mine (shard) cross join lateral (
    select id, attempts, body from intake where intake.shard = mine.shard order by id limit $3
) as w
order by w.id limit $2
"""

_FREE_SHARDS = """
select shard from (select (n + $4) % $2 as shard from generate_series(0, $2 - 1) n) every_shard
where case
    when $3 = $2 or exists (select from intake where intake.shard = every_shard.shard) then pg_try_advisory_xact_lock($1, shard)
    else false
end
limit $3
"""

_SET_ASIDE_ROW = """
with bad as (delete from intake where id = $1 returning body)
insert into set_aside (source, reason, error, body, at) select '', $2, $3, body, now() from bad
"""

_TIMELINE = f"""
select {_SELECTED} from unnest($1::uuid[]) as wanted (subject) cross join lateral (
    select * from events where subject_id = wanted.subject{{conditions}} order by at desc, id desc limit $2
) e
order by e.at desc, e.id desc limit $2
"""

_OF_SUBJECTS = f"""
select {_SELECTED} from events e where subject_id = any($1::uuid[]) and xid >= $2::text::xid8 order by at, id
"""

_SUBJECTS_SINCE = "select distinct subject_id from events where xid >= $1::text::xid8"
