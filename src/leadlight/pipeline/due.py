"""Moments at which time alone changes something about a contact."""

from collections.abc import Collection, Mapping
from uuid import UUID

from leadlight.kit.days import from_us, to_us
from leadlight.kit.db import Connection

SCORE = "score"

LOAD = "select contact_id, at from due where reason = $2 and contact_id = any($1::uuid[])"
STORE = """
    insert into due (contact_id, reason, at)
    select contact_id, $3, at from unnest($1::uuid[], $2::timestamptz[]) as new (contact_id, at)
    on conflict (contact_id, reason) do update set at = excluded.at
"""
WAKE = """
    insert into due (contact_id, reason, at)
    select contact_id, $2, $3 from unnest($1::uuid[]) as woken (contact_id) order by 1
    on conflict (contact_id, reason) do update set at = least(due.at, excluded.at)
"""
CLEAR = "delete from due where reason = $2 and contact_id = any($1::uuid[])"
FALLEN = "select contact_id from due where at <= $1 order by at limit $2"
NEXT = "select min(at) from due"


async def load(conn: Connection, contact_ids: list[UUID]) -> dict[UUID, int]:
    """When each of these contacts wants to be looked at; those that never do are left out."""
    return {row["contact_id"]: to_us(row["at"]) for row in await conn.fetch(LOAD, contact_ids, SCORE)}


async def store(conn: Connection, moments: Mapping[UUID, int | None]) -> None:
    """Set or (None) clear the moments of these contacts."""
    kept = {contact_id: from_us(at_us) for contact_id, at_us in sorted(moments.items()) if at_us is not None}
    cleared = [contact_id for contact_id, at_us in moments.items() if at_us is None]
    if kept:
        await conn.execute(STORE, list(kept), list(kept.values()), SCORE)
    if cleared:
        await conn.execute(CLEAR, cleared, SCORE)


async def wake(conn: Connection, contact_ids: Collection[UUID], at_us: int) -> None:
    """Have these contacts looked at no later than `at_us`."""
    await conn.execute(WAKE, list(contact_ids), SCORE, from_us(at_us))


async def fallen(conn: Connection, now_us: int, limit: int) -> list[UUID]:
    """Contacts whose moment has come, the longest waiting first."""
    return [row["contact_id"] for row in await conn.fetch(FALLEN, from_us(now_us), limit)]


async def next_us(conn: Connection) -> int | None:
    """The earliest moment of all."""
    at = await conn.fetchval(NEXT)
    return None if at is None else to_us(at)
