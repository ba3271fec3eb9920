"""SQL of hand-offs."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from leadlight.handoff.model import HandOff, State, Summary
from leadlight.kit.days import from_us, to_us
from leadlight.kit.db import Connection

COLUMNS = """
id, contact_id, model, version, band, state, total, grade, summary,
reason, amount_hundredths, opened_at, answered_at, closed_at
"""

INSERT = """
insert into handoffs (id, contact_id, model, version, band, state, total, grade, summary, opened_at)
select id, contact_id, model, version, band, 'open', total, grade, summary, opened_at
from unnest($1::uuid[], $2::uuid[], $3::text[], $4::int[], $5::text[], $6::bigint[], $7::text[], $8::text[], $9::timestamptz[])
  as new (id, contact_id, model, version, band, total, grade, summary, opened_at)
on conflict (contact_id, model) where state in ('open', 'accepted', 'contacted') do nothing
returning id
"""

IN_WORK = """
select contact_id, model from handoffs
where contact_id = any($1::uuid[]) and state in ('open', 'accepted', 'contacted')
"""

SELECT_LOCKED = f"select {COLUMNS} from handoffs where id = $1 for update"
SELECT_ONE = f"select {COLUMNS} from handoffs where id = $1"

LIST = f"""
select {COLUMNS} from handoffs
where ($1::timestamptz is null or (opened_at, id) < ($1, $2))
  and ($3::text is null or state = $3) and ($4::text is null or model = $4) and ($5::uuid is null or contact_id = $5)
order by opened_at desc, id desc limit $6
"""

UPDATE = """
update handoffs set state = $2, reason = $3, amount_hundredths = $4, answered_at = $5, closed_at = $6 where id = $1
"""


class Filter(msgspec.Struct, frozen=True):
    """Which hand-offs to list; None: any."""

    state: State | None = None
    model: str | None = None
    contact_id: UUID | None = None


async def insert(conn: Connection, opened: Sequence[HandOff]) -> set[UUID]:
    """Store new hand-offs; returns the ids of those whose contact had none in work for the model."""
    rows = await conn.fetch(
        INSERT,
        [item.id for item in opened],
        [item.contact_id for item in opened],
        [item.model for item in opened],
        [item.version for item in opened],
        [item.band for item in opened],
        [item.total_hundredths for item in opened],
        [item.grade for item in opened],
        [msgspec.json.encode(item.summary).decode() for item in opened],
        [from_us(item.opened_at_us) for item in opened],
    )
    return {row["id"] for row in rows}


async def in_work(conn: Connection, contact_ids: Collection[UUID]) -> set[tuple[UUID, str]]:
    """Pairs of contact and model that have a hand-off in work."""
    return {(row["contact_id"], row["model"]) for row in await conn.fetch(IN_WORK, list(contact_ids))}


async def find(conn: Connection, hand_off_id: UUID, *, lock: bool = False) -> HandOff | None:
    """One hand-off, kept from others until the transaction ends when `lock`."""
    row = await conn.fetchrow(SELECT_LOCKED if lock else SELECT_ONE, hand_off_id)
    return None if row is None else _hand_off(row)


async def listed(conn: Connection, wanted: Filter, before: tuple[int, UUID] | None, limit: int) -> list[HandOff]:
    """Hand-offs before (opened_at_us, id), newest first."""
    moment, last_id = (from_us(before[0]), before[1]) if before else (None, None)
    rows = await conn.fetch(LIST, moment, last_id, wanted.state, wanted.model, wanted.contact_id, limit)
    return [_hand_off(row) for row in rows]


async def update(conn: Connection, item: HandOff) -> None:
    """Store where a hand-off has moved."""
    await conn.execute(
        UPDATE,
        item.id,
        item.state,
        item.reason,
        item.amount_hundredths,
        _moment(item.answered_at_us),
        _moment(item.closed_at_us),
    )


def _hand_off(row: asyncpg.Record) -> HandOff:
    return HandOff(
        id=row["id"],
        contact_id=row["contact_id"],
        model=row["model"],
        version=row["version"],
        band=row["band"],
        state=State(row["state"]),
        total_hundredths=row["total"],
        grade=row["grade"],
        summary=msgspec.json.decode(row["summary"], type=Summary),
        opened_at_us=to_us(row["opened_at"]),
        reason=row["reason"],
        amount_hundredths=row["amount_hundredths"],
        answered_at_us=_us(row["answered_at"]),
        closed_at_us=_us(row["closed_at"]),
    )


def _moment(at_us: int | None) -> datetime | None:
    return None if at_us is None else from_us(at_us)


def _us(moment: datetime | None) -> int | None:
    return None if moment is None else to_us(moment)
