"""Webhooks from the definition to the delivered message, over HTTP and on a real receiver."""

from dataclasses import replace

import httpx2
import pytest
from standardwebhooks import Webhook as Verifier

from leadlight.app import App
from leadlight.kit.config import Settings
from leadlight.kit.db import Database
from tests.factories.messaging import LOOPBACK, receiver


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Receivers of the tests are on loopback, which webhooks reach only when that is allowed."""
    return replace(settings, webhook_allow=LOOPBACK)


@pytest.fixture
def api(client: httpx2.AsyncClient, secret_key: str) -> httpx2.AsyncClient:
    client.headers["Authorization"] = f"Bearer {secret_key}"
    return client


async def publish(api: httpx2.AsyncClient, url: str, **more: object) -> None:
    await api.put("/api/definitions/webhooks/crm", json={"url": url, **more})
    assert (await api.post("/api/definitions/webhooks/crm/publish")).json()["state"] == "published"


async def test_a_test_message_arrives_signed_with_the_shown_secret(api, app: App):
    async with receiver() as crm:
        await publish(api, crm.url)
        (secret,) = (await api.get("/api/webhooks/crm/secret")).json()["items"]
        sent = await api.post("/api/webhooks/crm/test")
        assert (sent.status_code, sent.json()["state"]) == (202, "queued")
        await app.deliverer.drain()
    event = Verifier(secret["secret"]).verify(crm.requests[0].body, crm.requests[0].headers)
    assert (event["type"], event["data"]["webhook"]) == ("webhook.test", "crm")
    delivered = (await api.get(f"/api/messages/{sent.json()['id']}")).json()
    assert (delivered["state"], delivered["attempts"], delivered["last_error"]) == ("accepted", 1, None)


async def test_a_new_secret_signs_beside_the_old_one_for_a_day(api, app: App):
    async with receiver() as crm:
        await publish(api, crm.url)
        (old,) = (await api.get("/api/webhooks/crm/secret")).json()["items"]
        new = (await api.post("/api/webhooks/crm/rotate-secret")).json()
        held = (await api.get("/api/webhooks/crm/secret")).json()["items"]
        assert [one["secret"] for one in held] == [new["secret"], old["secret"]]
        assert held[0]["expires_at"] is None
        assert held[1]["expires_at"] is not None
        await api.post("/api/webhooks/crm/test")
        await app.deliverer.drain()
    for secret in (old, new):
        Verifier(secret["secret"]).verify(crm.requests[0].body, crm.requests[0].headers)


async def test_an_old_secret_ends_after_a_day(api, database: Database):
    await publish(api, "https://crm.example/")
    new = (await api.post("/api/webhooks/crm/rotate-secret")).json()
    async with database.transaction() as conn:
        await conn.execute("update webhook_secrets set expires_at = expires_at - interval '24 hours'")
    assert [one["secret"] for one in (await api.get("/api/webhooks/crm/secret")).json()["items"]] == [new["secret"]]


async def test_a_published_change_keeps_the_secret(api):
    await publish(api, "https://crm.example/")
    before = (await api.get("/api/webhooks/crm/secret")).json()
    await publish(api, "https://other.example/")
    assert (await api.get("/api/webhooks/crm/secret")).json() == before


async def test_410_publishes_the_webhook_as_disabled_and_keeps_the_users_draft(api, app: App):
    async with receiver() as crm:
        crm.answer = lambda _: 410
        await publish(api, crm.url)
        await api.put("/api/definitions/webhooks/crm", json={"url": crm.url, "description": "my draft"})
        await api.post("/api/webhooks/crm/test")
        await app.deliverer.drain()
        versions = (await api.get("/api/definitions/webhooks/crm/versions")).json()["items"]
        assert [(each["state"], each["author"], each["comment"]) for each in versions] == [
            ("draft", "key:test", ""),
            ("published", "leadlight", "The receiver answered 410 Gone."),
            ("archived", "key:test", ""),
        ]
        assert (await api.post("/api/webhooks/crm/test")).status_code == 409
    assert len(crm.requests) == 1


async def test_a_failed_message_can_be_sent_again(api, app: App):
    async with receiver() as crm:
        crm.answer = lambda n: 410 if n == 1 else 200
        await publish(api, crm.url)
        sent = (await api.post("/api/webhooks/crm/test")).json()
        await app.deliverer.drain()
        assert (await api.get("/api/messages", params={"state": "failed"})).json()["items"][0]["id"] == sent["id"]
        await publish(api, crm.url, enabled=True, description="mended")
        again = await api.post(f"/api/messages/{sent['id']}/retry")
        assert (again.json()["state"], again.json()["attempts"]) == ("queued", 0)
        await app.deliverer.drain()
        assert (await api.post(f"/api/messages/{sent['id']}/retry")).status_code == 409
    assert len(set(crm.ids)) == 1
    assert len(crm.ids) == 2


async def test_messages_are_listed_page_by_page(api):
    await publish(api, "https://crm.example/")
    sent = [(await api.post("/api/webhooks/crm/test")).json()["id"] for _ in range(3)]
    first = (await api.get("/api/messages", params={"limit": 2, "channel": "webhook", "target": "crm"})).json()
    rest = (await api.get("/api/messages", params={"cursor": first["next"]})).json()
    assert [item["id"] for item in first["items"] + rest["items"]] == sent[::-1]
    assert rest["next"] is None
    assert (await api.get("/api/messages", params={"target": "other"})).json()["items"] == []


@pytest.mark.parametrize(
    ("resolution", "state"), [("accepted", "accepted"), ("cancelled", "cancelled"), ("send_again", "queued")]
)
async def test_a_message_in_doubt_is_resolved_once(api, database: Database, resolution, state):
    await publish(api, "https://crm.example/")
    sent = (await api.post("/api/webhooks/crm/test")).json()["id"]
    assert (await api.post(f"/api/messages/{sent}/resolve", json={"resolution": resolution})).status_code == 409
    async with database.transaction() as conn:
        await conn.execute("update outbox set state = 'in_doubt'")
    resolved = await api.post(f"/api/messages/{sent}/resolve", json={"resolution": resolution})
    assert (resolved.status_code, resolved.json()["state"]) == (200, state)
    assert (await api.post(f"/api/messages/{sent}/resolve", json={"resolution": resolution})).status_code == 409


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/webhooks/none/secret", 404),
        ("POST", "/api/webhooks/none/rotate-secret", 404),
        ("POST", "/api/webhooks/none/test", 404),
        ("POST", "/api/webhooks/a%00b/test", 404),
        ("GET", "/api/messages/01990b5e-7a10-7cc4-8a55-6b1c2f0e4d11", 404),
        ("POST", "/api/messages/01990b5e-7a10-7cc4-8a55-6b1c2f0e4d11/retry", 404),
        ("GET", "/api/messages/none", 422),
        ("GET", "/api/messages?state=lost", 422),
        ("GET", "/api/messages?target=%00", 422),
    ],
)
async def test_what_is_not_there_is_refused(api, method, path, status):
    assert (await api.request(method, path)).status_code == status


async def test_only_an_admin_reads_secrets(client, app: App):
    async with app.db.transaction() as conn:
        key = await app.keys.create(conn, "secret", "writer", ("write",))
    client.headers["Authorization"] = f"Bearer {key.secret}"
    assert (await client.get("/api/webhooks/crm/secret")).status_code == 403
    assert (await client.post("/api/webhooks/crm/rotate-secret")).status_code == 403
