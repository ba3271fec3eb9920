"""Signing in without a password: a link that works once opens a session that ends by itself."""

from leadlight.access.model import User, digest, new_secret
from leadlight.kit.db import Connection
from leadlight.kit.ids import new_id

LINK_HOURS = 24
IDLE_HOURS = 24 * 7
LONGEST_HOURS = 24 * 30
FIRST_USER = "Owner"


async def create_sign_in_link(conn: Connection) -> str:
    """Token of a link for the first user, who is made when missing; earlier unused links stop working."""
    user_id = await _first_user(conn)
    token = new_secret("")
    await conn.execute("delete from sign_in_links where user_id = $1 and used_at is null", user_id)
    await conn.execute(
        "insert into sign_in_links (hash, user_id, expires_at) values ($1, $2, now() + $3 * interval '1 hour')",
        digest(token),
        user_id,
        LINK_HOURS,
    )
    return token


async def nobody_signed_in_yet(conn: Connection) -> bool:
    """Whether no link was ever used, as on the first start."""
    return not await conn.fetchval("select exists (select from sign_in_links where used_at is not null)")


async def redeem(conn: Connection, link_token: str) -> str | None:
    """Token of a new session, or None when the link is unknown, used or too old."""
    user_id = await conn.fetchval(
        "update sign_in_links set used_at = now() where hash = $1 and used_at is null and expires_at > now()"
        " returning user_id",
        digest(link_token),
    )
    if user_id is None:
        return None
    token = new_secret("")
    await conn.execute("delete from sessions where expires_at < now()")
    await conn.execute(
        "insert into sessions (hash, user_id, created_at, last_seen_at, expires_at)"
        " values ($1, $2, now(), now(), now() + $3 * interval '1 hour')",
        digest(token),
        user_id,
        LONGEST_HOURS,
    )
    return token


async def find_session(conn: Connection, session_token: str) -> User | None:
    """Who is signed in; None when the session is unknown, idle for a week, or a month old."""
    row = await conn.fetchrow(
        "select u.id, u.name, s.last_seen_at < now() - interval '1 minute' as note"
        " from sessions s join users u on u.id = s.user_id"
        " where s.hash = $1 and s.expires_at > now() and s.last_seen_at > now() - $2 * interval '1 hour'",
        digest(session_token),
        IDLE_HOURS,
    )
    if row is None:
        return None
    if row["note"]:
        await conn.execute("update sessions set last_seen_at = now() where hash = $1", digest(session_token))
    return User(row["id"], row["name"])


async def end_session(conn: Connection, session_token: str) -> None:
    """Sign out; unknown sessions are fine."""
    await conn.execute("delete from sessions where hash = $1", digest(session_token))


async def _first_user(conn: Connection) -> object:
    await conn.execute("lock table users in share row exclusive mode")
    user_id = await conn.fetchval("select id from users order by id limit 1")
    if user_id is None:
        user_id = new_id()
        await conn.execute("insert into users (id, name, created_at) values ($1, $2, now())", user_id, FIRST_USER)
    return user_id
