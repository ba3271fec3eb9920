"""From calls of the Segment API to people on the management API."""

import pytest
from httpx2 import AsyncClient

from leadlight.app import App


class Site:
    """Sends calls, has them processed, and looks at who came of it."""

    def __init__(self, app: App, client: AsyncClient, write_key: str, secret_key: str) -> None:
        self.app, self.client, self.write_key = app, client, write_key
        self.headers = {"Authorization": f"Bearer {secret_key}"}

    async def send(self, *calls: dict[str, object]) -> None:
        answer = await self.client.post("/v1/batch", json={"writeKey": self.write_key, "batch": list(calls)})
        assert answer.status_code == 200, answer.text
        while await self.app.engine.process_waiting():
            pass

    async def get(self, path: str, **query: str):
        answer = await self.client.get(f"/api/contacts{path}", params=query, headers=self.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def find(self, **query: str):
        (item,) = (await self.get("", **query))["items"]
        return await self.get(f"/{item['id']}")


@pytest.fixture
async def site(app: App, client: AsyncClient, write_key: str, secret_key: str) -> Site:
    return Site(app, client, write_key, secret_key)


def page(anonymous_id: str, path: str) -> dict[str, object]:
    return {"type": "page", "anonymousId": anonymous_id, "properties": {"url": f"https://acme.test{path}"}}


def identify(user_id: str | None, anonymous_id: str | None = None, **traits: object) -> dict[str, object]:
    return {"type": "identify", "userId": user_id, "anonymousId": anonymous_id, "traits": traits}


async def test_visitor_becomes_known_and_keeps_history(site: Site) -> None:
    await site.send(page("a1", "/pricing"))
    visitor = await site.find(anonymous_id="a1")
    assert visitor["known"] is False
    await site.send(identify("u1", "a1", email="Ann@Shop.com", firstName="Ann", leadSource="fair"), page("a1", "/demo"))
    ann = await site.find(email="ann@shop.com")
    assert (ann["name"], ann["known"], ann["merged_ids"]) == ("Ann", True, [visitor["id"]])
    assert ann["profile"]["leadSource"]["value"] == "fair"
    assert (await site.get(f"/{visitor['id']}"))["id"] == ann["id"]
    kinds = [event["kind"] for event in (await site.get(f"/{ann['id']}/timeline"))["items"]]
    assert sorted(kind for kind in kinds if kind != "band_changed") == ["identified", "page_viewed", "page_viewed"]


async def test_two_people_in_one_browser_stay_two(site: Site) -> None:
    await site.send(page("a1", "/"), identify("u1", "a1"), page("a1", "/one"), identify("u2", "a1"), page("a1", "/two"))
    ann, bob = await site.find(user_id="u1"), await site.find(user_id="u2")
    assert ann["id"] != bob["id"]
    urls = {
        who["id"]: [event["url"] for event in (await site.get(f"/{who['id']}/timeline", kind="page_viewed"))["items"]]
        for who in (ann, bob)
    }
    assert sorted(urls[ann["id"]]) == ["acme.test/", "acme.test/one"]
    assert urls[bob["id"]] == ["acme.test/two"]


async def test_two_user_ids_with_one_address_are_noted_once(site: Site) -> None:
    await site.send(identify("u1", email="ann@shop.com"))
    for _ in range(2):
        await site.send(identify("u2", email="ann@shop.com"))
    bob, ann = await site.find(user_id="u2"), await site.find(user_id="u1")
    noted = (await site.get(f"/{bob['id']}/timeline", kind="duplicate_suspected"))["items"]
    assert [event["properties"]["contact"] for event in noted] == [ann["id"]]


async def test_group_makes_the_account(site: Site) -> None:
    group: dict[str, object] = {
        "type": "group",
        "userId": "u1",
        "groupId": "g1",
        "traits": {"name": "Acme", "employees": 90},
    }
    await site.send(identify("u1", email="ann@gmail.com"), group)
    assert (await site.find(user_id="u1"))["account"]["name"] == "Acme"


async def test_refused_value_is_shown_as_a_problem(site: Site) -> None:
    await site.send(identify("u1", employees="many"))
    ann = await site.find(user_id="u1")
    assert (ann["profile"], ann["problems"]["employees"]["found"]) == ({}, "many")
