"""Definitions over HTTP, on the kinds the product has."""

import httpx2
import pytest

from leadlight.app import App
from tests.factories.pipeline import MODEL, START_US, arrival

URL = "/api/definitions/webhooks/crm"
HOOK = {"url": "https://crm.example/hook", "events": ["hand_off.opened"]}


@pytest.fixture
def api(client: httpx2.AsyncClient, secret_key: str) -> httpx2.AsyncClient:
    client.headers["Authorization"] = f"Bearer {secret_key}"
    return client


async def test_kinds_are_listed(api):
    answer = await api.get("/api/definitions")
    assert [item["kind"] for item in answer.json()["items"]] == ["fields", "score-models", "webhooks"]


async def test_a_document_is_put_published_and_read_back(api):
    put = await api.put(URL, json=HOOK, params={"comment": "first"})
    assert put.status_code == 200
    assert put.json() | {"created_at": "", "etag": ""} == {
        "kind": "webhooks",
        "key": "crm",
        "version": 1,
        "state": "draft",
        "document": HOOK,
        "comment": "first",
        "author": "key:test",
        "created_at": "",
        "published_at": None,
        "etag": "",
    }
    published = await api.post(f"{URL}/publish")
    assert (published.status_code, published.json()) == (200, {"state": "published", "version": 1, "job": None})
    read = await api.get(URL)
    assert read.json()["state"] == "published"
    assert read.headers["etag"] == put.headers["etag"] == f'"{read.json()["etag"]}"'


async def test_a_default_model_is_published_from_the_start(api):
    answer = await api.get("/api/definitions/score-models/default")
    assert (answer.json()["state"], answer.json()["version"], answer.json()["author"]) == ("published", 1, "leadlight")


async def test_every_problem_of_a_document_is_told(api):
    answer = await api.put(URL, json={"url": "nowhere", "events": ["never.heard_of"], "secret": 1})
    assert answer.status_code == 422
    assert [problem["path"] for problem in answer.json()["problems"]] == ["secret"]
    answer = await api.put(URL, json={"url": "nowhere", "events": ["never.heard_of"]})
    assert [problem["path"] for problem in answer.json()["problems"]] == ["url", "events[0]"]
    assert (await api.get(URL)).status_code == 404


async def test_of_two_editors_the_second_is_told(api):
    first = (await api.put(URL, json=HOOK, headers={"If-None-Match": "*"})).headers["etag"]
    assert (await api.put(URL, json=HOOK, headers={"If-None-Match": "*"})).status_code == 412
    assert (await api.put(URL, json=HOOK | {"description": "A"}, headers={"If-Match": first})).status_code == 200
    refused = await api.put(URL, json=HOOK | {"description": "B"}, headers={"If-Match": first})
    assert (refused.status_code, refused.json()["code"]) == (412, "stale")
    assert (await api.post(f"{URL}/publish", headers={"If-Match": first})).status_code == 412


async def test_versions_tell_what_changed_and_a_rollback_undoes_it(api):
    for description in ("one", "two", "three"):
        await api.put(URL, json=HOOK | {"description": description})
        await api.post(f"{URL}/publish")
    versions = (await api.get(f"{URL}/versions", params={"limit": 2})).json()
    assert [version["version"] for version in versions["items"]] == [3, 2]
    assert versions["items"][0]["changes"] == [{"path": "description", "what": "changed", "old": "two", "new": "three"}]
    rest = (await api.get(f"{URL}/versions", params={"cursor": versions["next"]})).json()
    assert ([version["version"] for version in rest["items"]], rest["next"]) == ([1], None)
    assert (await api.post(f"{URL}/rollback", json={"version": 1})).json()["version"] == 1
    assert (await api.get(URL)).json()["document"]["description"] == "one"
    assert (await api.get(URL, params={"version": 3})).json()["state"] == "archived"


async def test_an_archived_definition_is_gone_from_lists(api):
    await api.put(URL, json=HOOK)
    await api.post(f"{URL}/publish")
    assert (await api.delete(URL)).json()["state"] == "archived"
    assert (await api.get(URL)).status_code == 404
    assert (await api.delete(URL)).status_code == 404
    assert (await api.get("/api/definitions/webhooks")).json()["items"] == []
    archived = await api.get("/api/definitions/webhooks", params={"state": "archived"})
    assert [item["key"] for item in archived.json()["items"]] == ["crm"]


async def test_a_draft_can_be_discarded_alone(api):
    await api.put(URL, json=HOOK)
    await api.post(f"{URL}/publish")
    await api.put(URL, json=HOOK | {"enabled": False})
    assert (await api.delete(URL, params={"draft": True})).json()["version"] == 2
    assert (await api.get(URL)).json()["version"] == 1
    assert (await api.delete(URL, params={"draft": True})).status_code == 409


async def test_lists_go_on_page_by_page(api):
    for key in ("a", "b", "c"):
        await api.put(f"/api/definitions/webhooks/{key}", json=HOOK)
    first = (await api.get("/api/definitions/webhooks", params={"limit": 2})).json()
    assert ([item["key"] for item in first["items"]], first["next"]) == (["a", "b"], "b")
    second = (await api.get("/api/definitions/webhooks", params={"cursor": first["next"]})).json()
    assert ([item["key"] for item in second["items"]], second["next"]) == (["c"], None)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/definitions/hats", 404),
        ("GET", "/api/definitions/hats/a", 404),
        ("PUT", "/api/definitions/hats/a", 404),
        ("GET", "/api/definitions/webhooks/none", 404),
        ("GET", "/api/definitions/webhooks/none/versions", 404),
        ("POST", "/api/definitions/webhooks/none/publish", 404),
        ("DELETE", "/api/definitions/webhooks/none", 404),
        ("PUT", "/api/definitions/webhooks/-bad-", 422),
        ("PUT", "/api/definitions/webhooks/a%00b", 422),
        ("GET", "/api/definitions/webhooks/a%00b", 404),
        ("GET", "/api/definitions/webhooks/a%00b/versions", 404),
        ("GET", "/api/definitions/webhooks?cursor=%00", 422),
        ("GET", "/api/definitions/webhooks/a?version=0", 422),
        ("GET", "/api/definitions/webhooks/a?version=99999999999", 422),
    ],
)
async def test_what_is_not_there_or_cannot_be_is_refused(api, method, path, status):
    answer = await api.request(method, path, json=HOOK if method == "PUT" else None)
    assert answer.status_code == status
    assert answer.json()["code"]


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"1", b"{", b'{"url": NaN}', b'{"url": 1e999}', b"\xff", b'{"a":' * 5_000, b"[" * 100_000,
     b'{"url": "https://a.example/", "description": "\\u0000"}', b'{"url": "https://a.example/", "description": "\\ud800"}',
     b'{"url": "https://a.example/", "description": ' + b"9" * 5_000 + b"}"],
)  # fmt: skip
async def test_garbage_is_refused_and_stores_nothing(api, body):
    answer = await api.put(URL, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in {400, 422}
    assert (await api.get(URL)).status_code == 404


async def test_a_reader_cannot_write(client, app):
    async with app.db.transaction() as conn:
        key = await app.keys.create(conn, "secret", "reader", ("read",))
    client.headers["Authorization"] = f"Bearer {key.secret}"
    assert (await client.get("/api/definitions")).status_code == 200
    assert (await client.put(URL, json=HOOK)).status_code == 403
    assert (await client.post(f"{URL}/publish")).status_code == 403


async def test_a_model_is_published_by_a_job_once_there_are_people(api, app: App):
    await app.engine.process([arrival("demo_watched", user_id="u1")], START_US)
    url = "/api/definitions/score-models/default"
    await api.put(url, json=MODEL)
    answer = await api.post(f"{url}/publish")
    assert (answer.status_code, answer.json()["state"]) == (202, "publishing")
    assert (await api.get(url)).json()["state"] == "draft"
    assert await app.jobs.run_next(app.engine)
    assert (await api.get(answer.headers["location"])).json()["state"] == "done"
    assert (await api.get(url)).json()["state"] == "published"


async def test_a_draft_changed_after_publish_was_asked_is_not_published(api, app: App):
    await app.engine.process([arrival("demo_watched", user_id="u1")], START_US)
    url = "/api/definitions/score-models/default"
    await api.put(url, json=MODEL)
    answer = await api.post(f"{url}/publish")
    await api.put(url, json=MODEL | {"label": "Not yet"})
    assert await app.jobs.run_next(app.engine)
    job = (await api.get(answer.headers["location"])).json()
    assert job["state"] == "failed"
    assert "was changed after it was to be published" in job["error"]
    assert (await api.get(url)).json()["state"] == "draft"
