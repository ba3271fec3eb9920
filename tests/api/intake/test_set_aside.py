"""What did not count can be seen, and tried again."""

from datetime import UTC, datetime

from leadlight import events
from leadlight.api.problems import MEDIA_TYPE
from leadlight.events import DropReason
from tests.factories.events import RECEIVED_US, call, incoming


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


async def test_drops_are_counted_by_reason(client, app, write_key, secret_key) -> None:
    for _ in range(2):
        await client.post("/v1/batch", json={"batch": [1, call("page"), call("nothing")], "writeKey": write_key})
    await app.intake.close()
    items = (await client.get("/api/intake/drops", headers=bearer(secret_key))).json()["items"]
    assert [(item["reason"], item["source"], item["count"]) for item in items] == [
        ("not_an_object", "test", 2),
        ("unknown_call", "test", 2),
    ]
    assert items[0]["sentence"] == DropReason.NOT_AN_OBJECT.sentence
    assert datetime.fromisoformat(items[0]["day"]).year >= datetime(2026, 1, 1, tzinfo=UTC).year


async def test_set_aside_events_are_listed_and_retried(client, app, secret_key) -> None:
    async with app.db.transaction() as conn:
        await events.set_aside(conn, [(incoming(message_id="m1", properties='{"v":1e400}'), "boom")], RECEIVED_US)
        await events.set_aside(conn, [(incoming(message_id="m2"), "bang")], RECEIVED_US)
    first = (await client.get("/api/intake/set-aside?limit=1", headers=bearer(secret_key))).json()
    assert [item["error"] for item in first["items"]] == ["bang"]
    second = (await client.get(f"/api/intake/set-aside?cursor={first['next']}", headers=bearer(secret_key))).json()
    [item] = second["items"]
    assert (item["error"], item["reason"], item["event"]["properties"]) == ("boom", "failed", {"v": "1e400"})
    assert second["next"] is None

    answer = await client.post(f"/api/intake/set-aside/{item['id']}/retry", headers=bearer(secret_key))
    assert answer.status_code == 204
    async with app.db.connection() as conn:
        taken = await events.take(conn, range(events.SHARDS), 10)
    assert [(attempts, event.message_id) for _, attempts, event in taken] == [(0, "m1")]
    again = await client.post(f"/api/intake/set-aside/{item['id']}/retry", headers=bearer(secret_key))
    assert (again.status_code, again.headers["content-type"]) == (404, MEDIA_TYPE)


async def test_write_key_sees_nothing(client, write_key) -> None:
    for path in ("/api/intake/drops", "/api/intake/set-aside"):
        assert (await client.get(path, headers=bearer(write_key))).status_code == 401
