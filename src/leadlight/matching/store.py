"""Matchers and memories in PostgreSQL."""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

import msgspec

from leadlight.kit.db import Connection
from leadlight.matching.model import Memory
from leadlight.matching.wire import decode, encode
from leadlight.rules import Matcher

_matcher_decoder = msgspec.json.Decoder(Matcher)

LOAD = "select subject_id, body from memories where subject_id = any($1::uuid[])"
STORE = """
    insert into memories (subject_id, body)
    select * from unnest($1::uuid[], $2::bytea[])
    on conflict (subject_id) do update set body = excluded.body
"""
REGISTER = """
    insert into matchers (fingerprint, body, state)
    select fingerprint, body, 'filling' from unnest($1::text[], $2::text[]) as new (fingerprint, body)
    where not exists (select from matchers known where known.fingerprint = new.fingerprint)
    on conflict (fingerprint) do nothing
"""


async def load(conn: Connection, subject_ids: Collection[UUID]) -> dict[UUID, Memory]:
    """Memories of the subjects that have one."""
    rows = await conn.fetch(LOAD, list(subject_ids))
    return {row["subject_id"]: decode(row["body"]) for row in rows}


async def store(conn: Connection, memories: Mapping[UUID, Memory]) -> None:
    """Keep `memories`, replacing what was known of these subjects."""
    ids = sorted(memories)
    await conn.execute(STORE, ids, [encode(memories[subject_id]) for subject_id in ids])


async def register(conn: Connection, matchers: Iterable[Matcher]) -> dict[str, int]:
    """Ids by fingerprint of `matchers`; one that is new starts in state `filling`."""
    bodies = {matcher.fingerprint: msgspec.json.encode(matcher).decode() for matcher in matchers}
    await conn.execute(REGISTER, list(bodies), list(bodies.values()))
    rows = await conn.fetch("select fingerprint, id from matchers where fingerprint = any($1::text[])", list(bodies))
    return {row["fingerprint"]: row["id"] for row in rows}


async def registered(conn: Connection) -> list[tuple[int, Matcher]]:
    """Every matcher with its id, live or filling, oldest first."""
    rows = await conn.fetch("select id, body from matchers order by id")
    return [(row["id"], _matcher_decoder.decode(row["body"])) for row in rows]


async def filling(conn: Connection) -> list[tuple[int, Matcher]]:
    """Matchers that memories do not yet know all of the past of."""
    rows = await conn.fetch("select id, body from matchers where state = 'filling' order by id")
    return [(row["id"], _matcher_decoder.decode(row["body"])) for row in rows]


async def go_live(conn: Connection, matcher_ids: Collection[int]) -> None:
    """Declare these matchers complete."""
    await conn.execute("update matchers set state = 'live' where id = any($1::int[])", list(matcher_ids))


async def keep_only(conn: Connection, fingerprints: Collection[str]) -> None:
    """Stop remembering what none of these matchers asks for; their ids are never used again."""
    await conn.execute("delete from matchers where fingerprint <> all($1::text[])", list(fingerprints))
