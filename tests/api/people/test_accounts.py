"""Accounts over HTTP: listed, read, changed, and their people."""

import pytest
from httpx2 import AsyncClient

NOBODY = "00000000-0000-7000-8000-000000000000"


@pytest.fixture
async def api(client: AsyncClient, secret_key: str) -> AsyncClient:
    client.headers["Authorization"] = f"Bearer {secret_key}"
    return client


async def create(api: AsyncClient, email: str):
    answer = await api.post("/api/contacts", json={"email": email})
    assert answer.status_code == 201, answer.text
    return answer.json()["contact"]


async def test_account_lists_its_people(api: AsyncClient) -> None:
    ann, bob = await create(api, "ann@acme.com"), await create(api, "bob@mail.acme.com")
    await create(api, "eve@other.com")
    account_id = ann["account"]["id"]
    account = (await api.get(f"/api/accounts/{account_id}")).json()
    assert (account["domain"], account["contacts"]) == ("acme.com", 2)
    assert account["identifiers"] == [{"kind": "domain", "value": "acme.com"}]
    people = (await api.get(f"/api/accounts/{account_id}/contacts", params={"sort": "name"})).json()["items"]
    assert [one["id"] for one in people] == [ann["id"], bob["id"]]


async def test_changed_fields_show_source_and_score_everybody_again(api: AsyncClient) -> None:
    ann = await create(api, "ann@acme.com")
    path = f"/api/accounts/{ann['account']['id']}"
    changed = (await api.patch(path, json={"fields": {"name": "Acme", "employees": "120", "country": "pl"}})).json()
    assert changed["name"] == "Acme"
    assert changed["profile"]["employees"]["value"] == 120
    assert changed["profile"]["employees"]["source"] == "key:test"
    cleared = (await api.patch(path, json={"fields": {"employees": None}})).json()
    assert sorted(cleared["profile"]) == ["country", "name"]
    assert (await api.get(f"/api/contacts/{ann['id']}")).json()["account"]["name"] == "Acme"


async def test_pages_show_every_account_once(api: AsyncClient) -> None:
    for domain in ("c.com", "a.com", "b.com"):
        await create(api, f"ann@{domain}")
    first = (await api.get("/api/accounts", params={"limit": 2})).json()
    rest = (await api.get("/api/accounts", params={"limit": 2, "cursor": first["next"]})).json()
    assert [one["domain"] for one in first["items"] + rest["items"]] == ["a.com", "b.com", "c.com"]
    assert rest["next"] is None
    found = (await api.get("/api/accounts", params={"q": "B"})).json()
    assert [one["domain"] for one in found["items"]] == ["b.com"]


async def test_senseless_change_is_a_problem(api: AsyncClient) -> None:
    ann = await create(api, "ann@acme.com")
    path = f"/api/accounts/{ann['account']['id']}"
    answer = await api.patch(path, json={"fields": {"employees": "many", "name": "Acme"}})
    assert answer.status_code == 422
    assert (await api.get(path)).json()["profile"] == {}
    for missing in (f"/api/accounts/{NOBODY}", f"/api/accounts/{NOBODY}/contacts"):
        assert (await api.get(missing)).status_code == 404
    assert (await api.patch(f"/api/accounts/{NOBODY}", json={"fields": {}})).status_code == 404
    assert (await api.get("/api/accounts?cursor=x")).status_code == 422
