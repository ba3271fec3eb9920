"""API keys: random, hashed, scoped, revocable."""

import pytest

from leadlight.access import InvalidKey
from leadlight.app import App


async def test_key_is_stored_as_digest_only(app: App, secret_key: str) -> None:
    async with app.db.connection() as conn:
        stored = await conn.fetchval("select api_keys::text from api_keys")
    assert secret_key not in stored
    assert secret_key.startswith("ls_")
    assert len(secret_key) >= 3 + 160 / 6


async def test_admin_may_read_and_write(app: App, secret_key: str) -> None:
    found = await app.keys.find(secret_key)
    assert found
    assert found.scopes == {"read", "write", "admin"}


async def test_write_key_has_no_scopes(app: App, write_key: str) -> None:
    found = await app.keys.find(write_key)
    assert found
    assert (found.kind, found.scopes) == ("write", frozenset())


@pytest.mark.parametrize(("kind", "scopes"), [("write", ("read",)), ("secret", ()), ("secret", ("everything",))])
async def test_senseless_scopes_are_refused(app: App, kind, scopes) -> None:
    async with app.db.transaction() as conn:
        with pytest.raises(InvalidKey):
            await app.keys.create(conn, kind, "x", scopes)


async def test_revoked_key_is_refused_at_once(app: App, secret_key: str) -> None:
    found = await app.keys.find(secret_key)
    assert found
    async with app.db.transaction() as conn:
        await app.keys.revoke(conn, found.id)
    assert await app.keys.find(secret_key) is None


async def test_unknown_key_is_nobody(app: App) -> None:
    assert await app.keys.find("ls_nonsense\udc80") is None


async def test_second_lookup_costs_no_query(app: App, secret_key: str) -> None:
    await app.keys.find(secret_key)
    await app.db.pool.close()
    assert await app.keys.find(secret_key)


async def test_use_is_noted(app: App, secret_key: str) -> None:
    await app.keys.find(secret_key)
    async with app.db.connection() as conn:
        assert (await app.keys.list(conn))[0].last_used_at
