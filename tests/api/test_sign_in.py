"""Opening and closing a session."""

import httpx2
import pytest

from leadlight.access import create_sign_in_link
from leadlight.app import App


@pytest.fixture
async def link(app: App) -> str:
    """Token of a fresh one-time link."""
    async with app.db.transaction() as conn:
        return await create_sign_in_link(conn)


async def sign_in(client: httpx2.AsyncClient, token: str) -> httpx2.Response:
    return await client.post("/api/session", json={"token": token})


async def test_link_opens_a_session(client, link):
    assert (await sign_in(client, link)).status_code == 204
    answer = await client.get("/api/session")
    assert answer.json() == {"name": "Owner", "scopes": ["admin", "read", "write"]}


async def test_link_works_once(client, link):
    await sign_in(client, link)
    client.cookies.clear()
    answer = await sign_in(client, link)
    assert (answer.status_code, answer.json()["code"]) == (410, "link_spent")
    assert (await client.get("/api/session")).status_code == 401


async def test_fetching_the_link_spends_nothing(client, link):
    for method in ("GET", "HEAD"):
        assert (await client.request(method, f"/sign-in?token={link}")).status_code == 200
    assert (await sign_in(client, link)).status_code == 204


async def test_newer_link_replaces_an_older_one(client, app, link):
    async with app.db.transaction() as conn:
        newer = await create_sign_in_link(conn)
    assert (await sign_in(client, link)).status_code == 410
    assert (await sign_in(client, newer)).status_code == 204


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded"])
async def test_form_of_another_site_cannot_sign_in(client, link, content_type):
    body = f'{{"token": "{link}"}}'
    answer = await client.post("/api/session", content=body, headers={"Content-Type": content_type})
    assert answer.status_code == 422
    assert (await sign_in(client, link)).status_code == 204


async def test_cookie_is_out_of_reach_of_scripts(client, link):
    cookie = (await sign_in(client, link)).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/" in cookie
    assert "domain" not in cookie


async def test_signing_out_ends_the_session_on_the_server(client, link):
    await sign_in(client, link)
    kept = dict(client.cookies)
    assert (await client.delete("/api/session")).status_code == 204
    client.cookies.update(kept)
    assert (await client.get("/api/session")).status_code == 401


async def test_signing_out_twice_is_fine(client):
    assert (await client.delete("/api/session")).status_code == 204


async def test_key_says_who_it_is(client, secret_key):
    answer = await client.get("/api/session", headers={"Authorization": f"Bearer {secret_key}"})
    assert answer.json()["name"] == "key:test"


@pytest.mark.parametrize("body", [{}, {"token": ""}, {"token": 7}, {"token": "x" * 201}, {"token": "a", "more": 1}, []])
async def test_bad_body_is_refused_with_its_place(client, body):
    answer = await client.post("/api/session", json=body)
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["path"].startswith("body")
