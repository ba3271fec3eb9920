"""From a lead's behaviour to sales' answer, over HTTP, with a webhook receiver listening."""

import json
from dataclasses import replace

import httpx2
import pytest

from leadlight.app import App
from leadlight.kit.config import Settings
from tests.factories.messaging import LOOPBACK, receiver
from tests.factories.pipeline import START_US, arrival, pricing, publish

REASON = {"reason": "a student"}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, webhook_allow=LOOPBACK)


@pytest.fixture
async def api(app: App, client: httpx2.AsyncClient, secret_key: str) -> httpx2.AsyncClient:
    client.headers["Authorization"] = f"Bearer {secret_key}"
    await publish(app)
    return client


async def become_ready(app: App, email: str) -> None:
    """50 + 2 x (1 + 10) = 72: over the 70 that the model asks for."""
    batch = [arrival("demo_watched", email=email), pricing(email=email), pricing(email=email)]
    await app.engine.process(batch, START_US)


async def events_of(app: App) -> list[str]:
    rows = await app.db.pool.fetch("select kind from events where kind like 'hand_off%' order by id")
    return [row["kind"] for row in rows]


async def test_a_lead_that_becomes_ready_is_handed_over_with_its_reasons(api, app: App):
    await become_ready(app, "jan@firma.example")
    (item,) = (await api.get("/api/handoffs")).json()["items"]
    assert (item["state"], item["email"], item["total"], item["model"]) == (
        "open",
        "jan@firma.example",
        72.0,
        "default",
    )
    assert item["reasons"] == [
        {"label": "Watched the demo", "points": 50.0},
        {"label": "Viewed pricing", "points": 20.0},
        {"label": "Viewed a page", "points": 2.0},
    ]
    assert "example.com/pricing" in [action["url"] for action in item["actions"]]
    assert (await api.get(f"/api/handoffs/{item['id']}")).json() == item


async def test_sales_answers_step_by_step_and_everyone_hears_of_it(api, app: App):
    async with receiver() as crm:
        await api.put("/api/definitions/webhooks/crm", json={"url": crm.url})
        await api.post("/api/definitions/webhooks/crm/publish")
        await become_ready(app, "jan@firma.example")
        (item,) = (await api.get("/api/handoffs")).json()["items"]
        url = f"/api/handoffs/{item['id']}"
        assert (await api.post(f"{url}/accept")).json()["state"] == "accepted"
        assert (await api.post(f"{url}/accept")).json()["state"] == "accepted"
        assert (await api.post(f"{url}/contacted", json={})).json()["state"] == "contacted"
        won = (await api.post(f"{url}/won", json={"amount": 12500.5})).json()
        assert (won["state"], won["amount"]) == ("won", 12500.5)
        assert won["closed_at"]
        await app.deliverer.drain()
    types = sorted(json.loads(request.body)["type"] for request in crm.requests)
    assert types == ["hand_off.accepted", "hand_off.contacted", "hand_off.opened", "hand_off.won"]
    assert await events_of(app) == ["hand_off_opened", "hand_off_accepted", "hand_off_contacted", "hand_off_won"]


async def test_an_answer_that_does_not_fit_changes_nothing(api, app: App):
    await become_ready(app, "jan@firma.example")
    (item,) = (await api.get("/api/handoffs")).json()["items"]
    url = f"/api/handoffs/{item['id']}"
    for verb, body, status, code in (
        ("won", {}, 409, "move_not_allowed"),
        ("reject", {}, 422, "reason_missing"),
        ("reject", {"reason": "  "}, 422, "reason_missing"),
        ("reject", {"reason": "x" * 501}, 422, "invalid_request"),
        ("reject", {"reason": "a\0b"}, 422, "invalid_request"),
        ("accept", {"cause": "x"}, 422, "invalid_request"),
        ("accept", {"amount": 1.234}, 422, "invalid_request"),
        ("accept", {"amount": -1}, 422, "invalid_request"),
        ("steal", {}, 422, "invalid_request"),
    ):
        answer = await api.post(f"{url}/{verb}", json=body)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (await api.get(url)).json() == item
    assert await events_of(app) == ["hand_off_opened"]


async def test_lists_filter_and_go_on_page_by_page(api, app: App):
    for name in ("ana", "iva", "jan"):
        await become_ready(app, f"{name}@firma.example")
    first = (await api.get("/api/handoffs", params={"limit": 2})).json()
    rest = (await api.get("/api/handoffs", params={"limit": 2, "cursor": first["next"]})).json()
    items = first["items"] + rest["items"]
    assert (len({item["id"] for item in items}), rest["next"]) == (3, None)
    await api.post(f"/api/handoffs/{items[0]['id']}/reject", json=REASON)
    rejected = (await api.get("/api/handoffs", params={"state": "rejected"})).json()["items"]
    assert [(item["id"], item["reason"]) for item in rejected] == [(items[0]["id"], "a student")]
    of_one = (await api.get("/api/handoffs", params={"contact": items[1]["contact_id"], "model": "default"})).json()
    assert [item["id"] for item in of_one["items"]] == [items[1]["id"]]


@pytest.mark.parametrize("cursor", ["x", "W10", "WzEsMl0", "Wzk5OTk5OTk5OTk5OTk5OTk5OTksIjEiXQ", "%00"])
async def test_an_invented_cursor_is_refused(api, cursor):
    assert (await api.get(f"/api/handoffs?cursor={cursor}")).status_code == 422


async def test_what_is_not_there_is_refused(api):
    missing = "/api/handoffs/01990b5e-7a10-7cc4-8a55-6b1c2f0e4d11"
    assert (await api.get(missing)).status_code == 404
    assert (await api.post(f"{missing}/accept")).status_code == 404
