"""One-time links and sessions."""

import pytest

from leadlight.access import create_sign_in_link, end_session, find_session, nobody_signed_in_yet, redeem
from leadlight.kit.db import Connection, Database


@pytest.fixture
async def conn(database: Database):
    async with database.transaction() as opened:
        yield opened


@pytest.fixture
async def session(conn: Connection) -> str:
    token = await redeem(conn, await create_sign_in_link(conn))
    assert token
    return token


async def test_link_works_once(conn: Connection) -> None:
    link = await create_sign_in_link(conn)
    assert await nobody_signed_in_yet(conn)
    assert await redeem(conn, link)
    assert await redeem(conn, link) is None
    assert not await nobody_signed_in_yet(conn)


async def test_new_link_ends_the_unused_one(conn: Connection) -> None:
    link = await create_sign_in_link(conn)
    await create_sign_in_link(conn)
    assert await redeem(conn, link) is None


async def test_old_link_is_refused(conn: Connection) -> None:
    link = await create_sign_in_link(conn)
    await conn.execute("update sign_in_links set expires_at = now()")
    assert await redeem(conn, link) is None


async def test_session_knows_its_user(conn: Connection, session: str) -> None:
    user = await find_session(conn, session)
    assert user
    assert user.name == "Owner"


@pytest.mark.parametrize(
    "age", ["expires_at = now()", "last_seen_at = now() - interval '8 days'"], ids=["absolute", "idle"]
)
async def test_session_ends_by_itself(conn: Connection, session: str, age: str) -> None:
    await conn.execute(f"update sessions set {age}")
    assert await find_session(conn, session) is None


async def test_signing_out_ends_the_session(conn: Connection, session: str) -> None:
    await end_session(conn, session)
    assert await find_session(conn, session) is None


async def test_session_is_stored_as_digest_only(conn: Connection, session: str) -> None:
    assert session not in await conn.fetchval("select sessions::text from sessions")
