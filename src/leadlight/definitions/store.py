"""SQL of definitions."""

from typing import Any

import asyncpg

from leadlight.definitions.model import Definition, Document, State, decode_body, encode_body
from leadlight.kit.days import from_us, to_us
from leadlight.kit.db import Connection

LOCK = 0x1EAD_0002
"""Advisory lock: one writer of definitions at a time."""

COLUMNS = "kind, key, version, state, body, comment, author, created_at, published_at"

SELECT_VERSION = f"select {COLUMNS} from definitions where kind = $1 and key = $2 and version = $3"
SELECT_STATE = f"select {COLUMNS} from definitions where kind = $1 and key = $2 and state = $3"
SELECT_VERSIONS = f"""
select {COLUMNS} from definitions where kind = $1 and key = $2 and version < $3 order by version desc limit $4
"""
SELECT_PUBLISHED = f"select {COLUMNS} from definitions where state = 'published' and ($1::text is null or kind = $1) order by kind, key"
SELECT_LISTED = f"""
select {COLUMNS} from (
  select distinct on (key) {COLUMNS} from definitions where kind = $1 and key > $2
  order by key, (state <> 'archived') desc, version desc
) as newest where state = any($3::text[]) order by key limit $4
"""
SELECT_NEWEST = """
select distinct on (kind, key) kind, key, body from definitions where state <> 'archived' order by kind, key, version desc
"""
ANY_OF_KIND = "select exists (select from definitions where kind = $1)"
LAST_VERSION = "select coalesce(max(version), 0) from definitions where kind = $1 and key = $2"
INSERT = f"insert into definitions ({COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
DELETE_DRAFT = "delete from definitions where kind = $1 and key = $2 and state = 'draft'"
ARCHIVE_PUBLISHED = "update definitions set state = 'archived' where kind = $1 and key = $2 and state = 'published'"
PUBLISH_VERSION = """
update definitions set state = 'published', published_at = $4 where kind = $1 and key = $2 and version = $3
"""


async def lock(conn: Connection) -> None:
    """Be the only writer until the transaction ends."""
    await conn.execute("select pg_advisory_xact_lock($1)", LOCK)


async def version(conn: Connection, kind: str, key: str, number: int) -> Definition | None:
    """That version, if it exists."""
    return _one(await conn.fetchrow(SELECT_VERSION, kind, key, number))


async def in_state(conn: Connection, kind: str, key: str, state: State) -> Definition | None:
    """The draft or the published version, if there is one."""
    return _one(await conn.fetchrow(SELECT_STATE, kind, key, state))


async def versions(conn: Connection, kind: str, key: str, below: int, limit: int) -> list[Definition]:
    """Versions under `below`, newest first."""
    return [_definition(row) for row in await conn.fetch(SELECT_VERSIONS, kind, key, below, limit)]


async def published(conn: Connection, kind: str | None = None) -> list[Definition]:
    """All that is published (of a kind), by kind and key."""
    return [_definition(row) for row in await conn.fetch(SELECT_PUBLISHED, kind)]


async def listed(conn: Connection, kind: str, after: str, states: list[State], limit: int) -> list[Definition]:
    """The newest version of each key after `after` in one of these states, by key."""
    return [_definition(row) for row in await conn.fetch(SELECT_LISTED, kind, after, states, limit)]


async def newest_documents(conn: Connection) -> dict[str, dict[str, Document]]:
    """Kind -> key -> the draft's document, else the published one's."""
    found: dict[str, dict[str, Document]] = {}
    for kind, key, body in await conn.fetch(SELECT_NEWEST):
        found.setdefault(kind, {})[key] = decode_body(body)
    return found


async def any_of_kind(conn: Connection, kind: str) -> bool:
    """Whether anything of that kind was ever defined, archived ones included."""
    return bool(await conn.fetchval(ANY_OF_KIND, kind))


async def last_version(conn: Connection, kind: str, key: str) -> int:
    """The highest version number in use, 0 when there is none."""
    return int(await conn.fetchval(LAST_VERSION, kind, key))


async def replace_draft(conn: Connection, draft: Definition) -> None:
    """Store a draft in place of the one there may be."""
    await delete_draft(conn, draft.kind, draft.key)
    await conn.execute(INSERT, *_row(draft))


async def delete_draft(conn: Connection, kind: str, key: str) -> None:
    """Delete the draft, if there is one."""
    await conn.execute(DELETE_DRAFT, kind, key)


async def archive_published(conn: Connection, kind: str, key: str) -> None:
    """Archive the published version, if there is one."""
    await conn.execute(ARCHIVE_PUBLISHED, kind, key)


async def publish_version(conn: Connection, kind: str, key: str, number: int, at_us: int) -> None:
    """Make a version the published one; the one before must have been archived."""
    await conn.execute(PUBLISH_VERSION, kind, key, number, from_us(at_us))


def _row(item: Definition) -> tuple[Any, ...]:
    published_at = None if item.published_at_us is None else from_us(item.published_at_us)
    return (
        item.kind,
        item.key,
        item.version,
        item.state,
        encode_body(item.body),
        item.comment,
        item.author,
        from_us(item.created_at_us),
        published_at,
    )


def _one(row: asyncpg.Record | None) -> Definition | None:
    return None if row is None else _definition(row)


def _definition(row: asyncpg.Record) -> Definition:
    published_at = row["published_at"]
    return Definition(
        kind=row["kind"],
        key=row["key"],
        version=row["version"],
        state=State(row["state"]),
        body=decode_body(row["body"]),
        comment=row["comment"],
        author=row["author"],
        created_at_us=to_us(row["created_at"]),
        published_at_us=None if published_at is None else to_us(published_at),
    )
