"""Contacts over HTTP: created, found, changed, merged and taken apart."""

import pytest
from httpx2 import AsyncClient

NOBODY = "00000000-0000-7000-8000-000000000000"


@pytest.fixture
async def api(client: AsyncClient, secret_key: str) -> AsyncClient:
    client.headers["Authorization"] = f"Bearer {secret_key}"
    return client


async def create(api: AsyncClient, **body):
    answer = await api.post("/api/contacts", json=body)
    assert answer.status_code in (200, 201), answer.text
    return answer.json()["contact"]


async def ids(api: AsyncClient, **query):
    answer = await api.get("/api/contacts", params=query)
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


async def test_created_contact_is_found_by_each_name(api: AsyncClient) -> None:
    ann = await create(
        api, email="Ann@Acme.com", user_id="u1", fields={"first_name": "Ann", "last_name": "Żak"}, tags=["vip"]
    )
    assert ann["email"] == "ann@acme.com"
    assert ann["name"] == "Ann Żak"
    assert ann["tags"] == ["vip"]
    assert ann["profile"]["first_name"]["source"] == "key:test"
    await create(api, email="bob@gmail.com")
    for query in (
        {"email": "ANN@acme.com"},
        {"user_id": "u1"},
        {"q": "żA"},
        {"q": "acme ann"},
        {"tag": "vip"},
        {"account_id": ann["account"]["id"]},
    ):
        assert await ids(api, **query) == [ann["id"]], query
    for query in ({"q": "zzz"}, {"q": "!"}, {"tag": "no"}, {"email": "no"}, {"stage": "mql"}, {"known": "false"}):
        assert await ids(api, **query) == [], query


async def test_creating_twice_is_the_same_contact(api: AsyncClient) -> None:
    first = await api.post("/api/contacts", json={"email": "ann@acme.com"})
    second = await api.post("/api/contacts", json={"email": "ann@acme.com", "fields": {"title": "CTO"}})
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json()["created"] is False
    assert second.json()["contact"]["id"] == first.json()["contact"]["id"]
    assert second.json()["contact"]["profile"]["title"]["value"] == "CTO"


async def test_patch_changes_fields_tags_and_stage(api: AsyncClient) -> None:
    ann = await create(api, email="ann@acme.com", fields={"country": "pl", "employees": "12"})
    body = {"fields": {"country": None, "city": "Split"}, "tags": {"add": ["a", "b"]}, "stage": "mql"}
    changed = (await api.patch(f"/api/contacts/{ann['id']}", json=body)).json()
    assert {field: held["value"] for field, held in changed["profile"].items()} == {
        "city": "Split",
        "email": "ann@acme.com",
        "employees": 12,
    }
    assert (changed["tags"], changed["stage"]) == (["a", "b"], "mql")
    again = (await api.patch(f"/api/contacts/{ann['id']}", json={"tags": {"remove": ["a"]}, "stage": ""})).json()
    assert (again["tags"], again["stage"], len(again["stages"])) == (["b"], None, 2)
    assert await ids(api, tag="b") == [ann["id"]]


async def test_misfit_is_a_problem_and_changes_nothing(api: AsyncClient) -> None:
    ann = await create(api, email="ann@acme.com")
    answer = await api.patch(f"/api/contacts/{ann['id']}", json={"fields": {"employees": "many", "city": "Split"}})
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["path"] == "fields.employees"
    assert "city" not in (await api.get(f"/api/contacts/{ann['id']}")).json()["profile"]


async def test_email_of_another_contact_is_a_conflict(api: AsyncClient) -> None:
    ann, bob = await create(api, email="ann@acme.com"), await create(api, email="bob@acme.com")
    answer = await api.patch(f"/api/contacts/{bob['id']}", json={"fields": {"email": "ann@acme.com"}})
    assert (answer.status_code, answer.json()["code"]) == (409, "email_taken")
    await create(api, email="ann@acme.com", user_id="u1")
    answer = await api.post("/api/contacts", json={"email": "ann@acme.com", "user_id": "u2"})
    assert (answer.status_code, answer.json()["code"]) == (409, "user_id_taken")
    assert ann["id"] != bob["id"]


async def test_merged_id_answers_with_survivor_until_unmerged(api: AsyncClient) -> None:
    ann = await create(api, email="ann@acme.com", fields={"city": "Split"}, tags=["a"])
    bob = await create(api, email="bob@acme.com", fields={"city": "Zadar", "title": "CTO"}, tags=["b"])
    merged = (await api.post(f"/api/contacts/{ann['id']}/merge", json={"contact_id": bob["id"]})).json()
    assert merged["id"] == ann["id"]
    assert merged["merged_ids"] == [bob["id"]]
    assert merged["tags"] == ["a", "b"]
    assert merged["profile"]["city"]["value"] == "Zadar"
    assert (await api.get(f"/api/contacts/{bob['id']}")).json()["id"] == ann["id"]
    assert await ids(api, email="bob@acme.com") == [ann["id"]]
    assert (await api.post(f"/api/contacts/{bob['id']}/merge", json={"contact_id": ann["id"]})).status_code == 409
    merge_id = merged["merges"][0]["id"]
    answer = await api.post(f"/api/contacts/{ann['id']}/unmerge", json={"merge_id": merge_id})
    assert answer.json()["profile"]["city"]["value"] == "Split"
    apart = (await api.get(f"/api/contacts/{bob['id']}")).json()
    assert (apart["id"], apart["tags"], apart["profile"]["title"]["value"]) == (bob["id"], ["b"], "CTO")
    for body in ({"merge_id": merge_id}, {"contact_id": bob["id"]}, {"contact_id": NOBODY}):
        assert (await api.post(f"/api/contacts/{ann['id']}/unmerge", json=body)).status_code == 404


@pytest.mark.parametrize("sort", ["name", "-name", "last_seen", "-last_seen", "score.default", "-score.default"])
async def test_pages_show_everybody_once_in_order(api: AsyncClient, sort: str) -> None:
    everybody = {(await create(api, email=f"p{n}@acme.com"))["id"] for n in range(4)}
    everybody |= {(await create(api, user_id=f"u{n}"))["id"] for n in range(3)}
    whole = await ids(api, sort=sort)
    assert set(whole) == everybody
    pages: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        answer = await api.get("/api/contacts", params={"sort": sort, "limit": "2", **cursor})
        pages += [item["id"] for item in answer.json()["items"]]
        if (following := answer.json()["next"]) is None:
            break
        cursor = {"cursor": following}
    assert pages == whole


async def test_band_filter_finds_those_in_it(api: AsyncClient) -> None:
    ann = await create(api, email="ann@acme.com")
    item = (await api.get("/api/contacts", params={"sort": "-score.default"})).json()["items"][0]
    band = item["scores"]["default"]["band"]
    assert await ids(api, band=band) == [ann["id"]]
    assert await ids(api, band="none such") == []
    assert (await api.get("/api/contacts", params={"sort": "score.nothing"})).status_code == 404


async def test_timeline_pages_and_filters(api: AsyncClient) -> None:
    ann = await create(api, email="ann@acme.com", tags=["a"])
    for tag in "bcd":
        await api.patch(f"/api/contacts/{ann['id']}", json={"tags": {"add": [tag]}})
    path = f"/api/contacts/{ann['id']}/timeline"
    tags = (await api.get(path, params={"kind": "tag_added"})).json()["items"]
    assert [event["properties"]["tag"] for event in tags] == ["d", "c", "b", "a"]
    page = (await api.get(path, params={"kind": "tag_added", "limit": 3})).json()
    rest = (await api.get(path, params={"kind": "tag_added", "cursor": page["next"]})).json()
    assert [event["id"] for event in page["items"] + rest["items"]] == [event["id"] for event in tags]
    assert rest["next"] is None


async def test_statement_lines_sum_to_total(api: AsyncClient) -> None:
    ann = await create(api, email="ann@acme.com", fields={"country": "PL", "title": "CEO"})
    (statement,) = (await api.get(f"/api/contacts/{ann['id']}/scores")).json()
    lines = [line["points"] for line in statement["lines"] if line["level"] == "global"]
    assert round(sum(lines), 2) == statement["total"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/api/contacts/{NOBODY}", 404),
        (f"/api/contacts/{NOBODY}/timeline", 404),
        (f"/api/contacts/{NOBODY}/scores", 404),
        ("/api/contacts/x", 422),
        ("/api/contacts?cursor=x", 422),
        ("/api/contacts?sort=points", 422),
        ("/api/contacts?stge=x", 422),
        ("/api/contacts?limit=0", 422),
    ],
)
async def test_senseless_request_is_a_problem(api: AsyncClient, path: str, status: int) -> None:
    answer = await api.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


@pytest.mark.parametrize(
    "body",
    [
        '{"fields": {"x": NaN}}',
        '{"fields": {"x": 1e400}}',
        '{"fields": {"x": {"y": "\\ud800"}}}',
        '{"fields": {"\\ud800": 1}}',
        '{"fields": {"x": "' + "y" * 40_000 + '"}}',
        '{"fields": {"created_at": 1e300}}',
        '{"fields": {"consent.email": [1]}}',
        '{"tags": {"add": ["a\\u0000"]}}',
        '{"stage": "\\ud800"}',
        '{"stages": "mql"}',
    ],
)
async def test_hostile_change_is_refused_whole(api: AsyncClient, body: str) -> None:
    ann = await create(api, email="ann@acme.com")
    path = f"/api/contacts/{ann['id']}"
    answer = await api.patch(path, content=body.encode(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 422, answer.text[:200]
    assert (await api.get(path)).json() == ann
