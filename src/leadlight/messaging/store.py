"""SQL of the outbox. Times to try are the application's clock; leases are the database's, which never stands still."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from leadlight.kit.days import from_us, to_us
from leadlight.kit.db import Connection
from leadlight.messaging.errors import ClaimLost
from leadlight.messaging.model import RETRY_GAPS_S, Claimed, Message, MessageState, Move

WINDOW = 1_000
"""Oldest messages looked at to fill free places; a busy target's own are not among them."""

ENQUEUE = """
insert into outbox (id, channel, target, occasion, contact_id, body, state, next_at, created_at)
select id, channel, target, occasion, contact_id, body, 'queued', $7, $7
from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::uuid[], $6::text[])
  as new (id, channel, target, occasion, contact_id, body)
on conflict (channel, target, occasion) do nothing
"""

CLAIM = """
with busy as (
  select * from unnest($2::text[], $3::text[], $4::int[]) as busy (channel, target, taken)
), oldest as (
  select id, channel, target, next_at, coalesce(taken, 0) as taken
  from outbox left join busy using (channel, target)
  where state = 'queued' and next_at <= $1 and channel = any($5::text[]) and coalesce(taken, 0) < $6
  order by next_at, id limit $7
), placed as (
  select id, next_at, taken + row_number() over (partition by channel, target order by next_at, id) as place from oldest
), picked as (
  select id from outbox
  where state = 'queued' and id in (select id from placed where place <= $6 order by next_at, id limit $8)
  for update skip locked
)
update outbox set state = 'claimed', claimed_at = clock_timestamp(), claimed_by = $9
from picked where outbox.id = picked.id
returning outbox.id, channel, target, body, attempts
"""

MARK_HANDING = """
update outbox set state = 'handing', attempts = attempts + 1, claimed_at = clock_timestamp()
where id = $1 and state = 'claimed' and claimed_by = $2 returning id
"""

# An acceptance is the truth whoever holds the message now; anything else counts only while it is ours.
FINISH = """
update outbox set state = $3, last_error = $4, next_at = coalesce($5, next_at),
  finished_at = $6, claimed_at = null, claimed_by = null
where id = $1 and (claimed_by = $2 or ($3 = 'accepted' and state in ('queued', 'claimed', 'handing', 'in_doubt')))
"""

# A message whose handing ends its process each time is given up like any other.
REQUEUE_STALE = """
update outbox set claimed_at = null, claimed_by = null,
  state = case when attempts < $3 then 'queued' else 'failed' end,
  last_error = case when attempts < $3 then last_error else 'the worker ended each time it handed the message over' end
where state in ('claimed', 'handing') and claimed_at < clock_timestamp() - $1 * interval '1 second'
  and (state = 'claimed' or channel = any($2::text[]))
returning id
"""

DOUBT_STALE = """
update outbox set state = 'in_doubt', last_error = 'the worker ended while it handed the message over',
  claimed_at = null, claimed_by = null
where state = 'handing' and claimed_at < clock_timestamp() - $1 * interval '1 second' and channel <> all($2::text[])
returning id
"""

BACKLOG = """
select count(*) as waiting, min(next_at) filter (where state = 'queued') as oldest
from outbox where state in ('claimed', 'handing') or (state = 'queued' and next_at <= $1)
"""

NEXT_DUE = "select min(next_at) from outbox where state = 'queued'"


class Backlog(msgspec.Struct, frozen=True):
    """Messages that are due or in hand, and since when the oldest of those that wait is due."""

    waiting: int
    oldest_us: int | None


class Places(msgspec.Struct, frozen=True):
    """Room a worker has: `free` in all, `per_target` for each, `taken` (channel, target) -> already used."""

    free: int
    per_target: int
    taken: Mapping[tuple[str, str], int]


async def enqueue(conn: Connection, messages: Sequence[Message], now_us: int) -> int:
    """Put messages into the outbox; a repeat of (channel, target, occasion) is ignored. Returns how many were new."""
    if not messages:
        return 0
    status = await conn.execute(
        ENQUEUE,
        [message.id for message in messages],
        [message.channel for message in messages],
        [message.target for message in messages],
        [message.occasion for message in messages],
        [message.contact_id for message in messages],
        [message.body for message in messages],
        from_us(now_us),
    )
    return int(status.rsplit(" ", 1)[1])


async def claim(conn: Connection, worker: str, channels: Sequence[str], places: Places, now_us: int) -> list[Claimed]:
    """Take due messages, oldest first, no more than there is room for."""
    targets = list(places.taken)
    rows = await conn.fetch(
        CLAIM,
        from_us(now_us),
        [channel for channel, _ in targets],
        [target for _, target in targets],
        [places.taken[target] for target in targets],
        list(channels),
        places.per_target,
        WINDOW,
        places.free,
        worker,
    )
    return [Claimed(*row) for row in rows]


async def mark_handing(conn: Connection, worker: str, message_id: UUID) -> None:
    """Write down that the message is leaving now; raises ClaimLost."""
    if await conn.fetchval(MARK_HANDING, message_id, worker) is None:
        raise ClaimLost


async def finish(conn: Connection, worker: str, message_id: UUID, move: Move, now_us: int) -> None:
    """Store what became of a message."""
    next_at = None if move.next_at_us is None else from_us(move.next_at_us)
    finished_at = None if move.state is MessageState.QUEUED else from_us(now_us)
    await conn.execute(FINISH, message_id, worker, move.state, move.error, next_at, finished_at)


async def release_stale(conn: Connection, lease_s: float, repeatable: Sequence[str]) -> tuple[int, int]:
    """Free what workers left behind; `repeatable` channels may hand again. Returns how many were requeued, are in doubt."""
    requeued = await conn.fetch(REQUEUE_STALE, lease_s, list(repeatable), len(RETRY_GAPS_S))
    in_doubt = await conn.fetch(DOUBT_STALE, lease_s, list(repeatable))
    return len(requeued), len(in_doubt)


async def backlog(conn: Connection, now_us: int) -> Backlog:
    """How much is due now and not finished."""
    row = await conn.fetchrow(BACKLOG, from_us(now_us))
    assert row is not None
    return Backlog(row["waiting"], None if row["oldest"] is None else to_us(row["oldest"]))


async def are_in_hand(conn: Connection) -> bool:
    """Whether somebody is handing a message over right now, or was when it died."""
    return bool(await conn.fetchval("select exists (select from outbox where state in ('claimed', 'handing'))"))


async def next_due_us(conn: Connection) -> int | None:
    """When the next queued message is to be tried; None when none waits."""
    moment = await conn.fetchval(NEXT_DUE)
    return None if moment is None else to_us(moment)
