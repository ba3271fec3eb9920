"""Moments at which time alone changes something about a contact."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from leadlight.kit.days import from_us, to_us
from leadlight.kit.db import Connection
from leadlight.scoring import Model

LOAD = "select contact_id, reason, at from due where contact_id = any($1::uuid[]) and reason = any($2::text[])"
STORE = """
    insert into due (contact_id, reason, at)
    select * from unnest($1::uuid[], $2::text[], $3::timestamptz[]) order by 1, 2
    on conflict (contact_id, reason) do update set at = excluded.at
"""
CLEAR = """
    delete from due using unnest($1::uuid[], $2::text[]) as cleared (contact_id, reason)
    where due.contact_id = cleared.contact_id and due.reason = cleared.reason
"""
WAKE = """
    insert into due (contact_id, reason, at)
    select contact_id, reason, $3 from unnest($1::uuid[]) as woken (contact_id), unnest($2::text[]) as reason
    order by 1, 2
    on conflict (contact_id, reason) do update set at = least(due.at, excluded.at)
"""
FALLEN = """
    select contact_id from due where at <= $1 and reason = any($2::text[]) order by at limit $3
"""
PUT_OFF = "update due set at = $3 where contact_id = any($1::uuid[]) and at <= $2"
NEXT = "select min(at) from due where reason = any($1::text[])"

Key = tuple[UUID, str]
"""Contact, and what will change: a model with its version, as `reason_of` writes it."""


def reason_of(model: Model) -> str:
    """What is due when a score under this version of a model changes by time alone."""
    return f"{model.key}@{model.version}"


async def load(conn: Connection, contact_ids: Sequence[UUID], reasons: Sequence[str]) -> dict[Key, int]:
    """When these contacts want to be looked at for these reasons; what never changes is left out."""
    rows = await conn.fetch(LOAD, contact_ids, reasons)
    return {(contact_id, reason): to_us(at) for contact_id, reason, at in rows}


async def store(conn: Connection, moments: Mapping[Key, int | None]) -> None:
    """Set or (None) clear moments."""
    kept = [(*key, from_us(at_us)) for key, at_us in moments.items() if at_us is not None]
    cleared = [key for key, at_us in moments.items() if at_us is None]
    if kept:
        await conn.execute(STORE, *zip(*kept, strict=True))
    if cleared:
        await conn.execute(CLEAR, *zip(*cleared, strict=True))


async def wake(conn: Connection, contact_ids: Collection[UUID], reasons: Sequence[str], at_us: int) -> None:
    """Have these contacts looked at no later than `at_us`."""
    await conn.execute(WAKE, list(contact_ids), reasons, from_us(at_us))


async def fallen(conn: Connection, reasons: Sequence[str], now_us: int, limit: int) -> list[UUID]:
    """Contacts of the first `limit` moments that have come, the longest waiting first."""
    rows = await conn.fetch(FALLEN, from_us(now_us), reasons, limit)
    return list(dict.fromkeys(row["contact_id"] for row in rows))


async def put_off(conn: Connection, contact_ids: Sequence[UUID], now_us: int, by_us: int) -> None:
    """Move what has come for these contacts to `by_us` from now."""
    await conn.execute(PUT_OFF, list(contact_ids), from_us(now_us), from_us(now_us + by_us))


async def next_us(conn: Connection, reasons: Sequence[str]) -> int | None:
    """The earliest moment of all."""
    at = await conn.fetchval(NEXT, reasons)
    return None if at is None else to_us(at)


async def forget(conn: Connection, reason: str) -> None:
    """Clear every moment of one reason."""
    await conn.execute("delete from due where reason = $1", reason)
