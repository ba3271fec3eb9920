"""Signing secrets of webhooks: made at the first publication, two valid while they are being replaced."""

from collections.abc import Collection
from datetime import datetime

from leadlight.kit.days import SECOND_US, from_us
from leadlight.kit.db import Connection
from leadlight.kit.ids import new_id
from leadlight.messaging.signing import new_secret

OVERLAP_S = 86_400
MOST_SIGNATURES = 3

INSERT = "insert into webhook_secrets (id, key, secret, created_at) values ($1, $2, $3, $4)"
EXPIRE = "update webhook_secrets set expires_at = $2 where key = $1 and expires_at is null"
DELETE_EXPIRED = "delete from webhook_secrets where expires_at <= $1"
SELECT_VALID = """
select key, secret, expires_at from webhook_secrets
where key = any($1::text[]) and (expires_at is null or expires_at > $2) order by key, id desc
"""


async def ensure_secret(conn: Connection, key: str, now_us: int) -> None:
    """Make a secret for an endpoint that has none."""
    await conn.execute("select pg_advisory_xact_lock(hashtextextended('webhook ' || $1, 0))", key)
    if not await valid_secrets(conn, [key], now_us):
        await _add(conn, key, now_us)


async def rotate_secret(conn: Connection, key: str, now_us: int) -> bytes:
    """A new secret; the one before stays valid for a day."""
    await conn.execute("select pg_advisory_xact_lock(hashtextextended('webhook ' || $1, 0))", key)
    await conn.execute(EXPIRE, key, from_us(now_us + OVERLAP_S * SECOND_US))
    return await _add(conn, key, now_us)


async def valid_secrets(
    conn: Connection, keys: Collection[str], now_us: int
) -> dict[str, list[tuple[bytes, datetime | None]]]:
    """Key -> (secret, when it ends), newest first; endpoints without any are left out."""
    found: dict[str, list[tuple[bytes, datetime | None]]] = {}
    for key, secret, expires_at in await conn.fetch(SELECT_VALID, list(keys), from_us(now_us)):
        held = found.setdefault(key, [])
        if len(held) < MOST_SIGNATURES:
            held.append((secret, expires_at))
    return found


async def _add(conn: Connection, key: str, now_us: int) -> bytes:
    secret = new_secret()
    await conn.execute(DELETE_EXPIRED, from_us(now_us))
    await conn.execute(INSERT, new_id(), key, secret, from_us(now_us))
    return secret
