"""Keys and sessions at the door of the management API."""

import pytest
from httpx2 import AsyncClient

from leadlight.access import create_sign_in_link, redeem
from leadlight.api.auth import session_cookie
from leadlight.app import App


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


async def _create(client: AsyncClient, secret_key: str, **body: object):
    return await client.post("/api/keys", headers=bearer(secret_key), json=body)


async def test_key_is_made_listed_and_revoked(client: AsyncClient, secret_key: str) -> None:
    made = (await _create(client, secret_key, kind="secret", name="CI", scopes=["write"])).json()
    assert made["scopes"] == ["read", "write"]
    listed = (await client.get("/api/keys", headers=bearer(secret_key))).json()["items"]
    assert [key["name"] for key in listed] == ["test", "CI"]
    assert made["secret"] not in str(listed)
    assert (await client.delete(f"/api/keys/{made['id']}", headers=bearer(secret_key))).status_code == 204
    assert (await client.get("/api/jobs/x", headers=bearer(made["secret"]))).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "secret", "name": "x"},
        {"kind": "write", "name": "x", "scopes": ["read"]},
        {"kind": "root", "name": "x"},
        {"kind": "write", "name": ""},
        {"kind": "write", "name": "x\x00"},
        {"kind": "write", "name": "x", "more": 1},
    ],
)
async def test_senseless_key_is_a_problem(client: AsyncClient, secret_key: str, body: dict[str, object]) -> None:
    answer = await _create(client, secret_key, **body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


async def test_missing_key_is_unauthorized(client: AsyncClient) -> None:
    answer = await client.get("/api/keys")
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


async def test_write_key_cannot_manage(client: AsyncClient, write_key: str) -> None:
    assert (await client.get("/api/keys", headers=bearer(write_key))).status_code == 401


async def test_scope_is_required(client: AsyncClient, secret_key: str) -> None:
    made = (await _create(client, secret_key, kind="secret", name="r", scopes=["read"])).json()
    answer = await client.get("/api/keys", headers=bearer(made["secret"]))
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


@pytest.fixture
async def signed_in(app: App, client: AsyncClient) -> AsyncClient:
    async with app.db.transaction() as conn:
        token = await redeem(conn, await create_sign_in_link(conn))
    assert token
    client.cookies.set(session_cookie(app.settings), token)
    return client


NEW = {"kind": "write", "name": "site"}


async def test_session_reads_without_key(signed_in: AsyncClient) -> None:
    assert (await signed_in.get("/api/keys")).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 201),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://leadlight.test"}, 201),
        ({"Origin": "http://127.0.0.1:8000"}, 201),
        ({"Origin": "https://evil.test"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 403),
    ],
)
async def test_session_writes_from_own_pages_only(signed_in: AsyncClient, headers: dict[str, str], status: int) -> None:
    assert (await signed_in.post("/api/keys", headers=headers, json=NEW)).status_code == status


async def test_ended_session_is_unauthorized(app: App, signed_in: AsyncClient) -> None:
    async with app.db.connection() as conn:
        await conn.execute("delete from sessions")
    assert (await signed_in.get("/api/keys")).status_code == 401
