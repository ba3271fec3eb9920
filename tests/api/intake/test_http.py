"""The Segment HTTP API: what is accepted, refused, and answered."""

import gzip
import json
from base64 import b64encode

import asyncpg
import pytest

from leadlight import events
from leadlight.api import intake
from leadlight.app import App
from tests.factories.events import call

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


def basic(key: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{key}:".encode()).decode()}


async def waiting(app: App) -> list[events.Incoming]:
    async with app.db.connection() as conn:
        return [event for _, _, event in await events.take(conn, range(events.SHARDS), 1000)]


async def test_answered_call_is_committed(client, app, write_key) -> None:
    answer = await client.post("/v1/track", json=call(messageId="m", userId="u"), headers=basic(write_key))
    assert (answer.status_code, answer.json()) == (200, {"success": True, "accepted": 1, "rejected": []})
    [event] = await waiting(app)
    assert (event.kind, event.user_id, event.message_id, event.source) == ("demo_watched", "u", "m", "test")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/v1/identify", "identified"),
        ("/v1/page", "page_viewed"),
        ("/v1/screen", "screen_viewed"),
        ("/v1/group", "grouped"),
        ("/v1/alias", "aliased"),
        ("/v1/i", "identified"),
        ("/v1/t", "demo_watched"),
        ("/v1/p", "page_viewed"),
        ("/v1/s", "screen_viewed"),
        ("/v1/g", "grouped"),
        ("/v1/a", "aliased"),
    ],
)
async def test_route_says_the_type(client, app, write_key, path, kind) -> None:
    body = call(type=None, userId="u", groupId="g", previousId="p")
    assert (await client.post(path, json=body, headers=basic(write_key))).status_code == 200
    assert [event.kind for event in await waiting(app)] == [kind]


@pytest.mark.parametrize("path", intake.BATCHES)
async def test_batch_routes(client, app, write_key, path) -> None:
    body = {"batch": [call(), call("page")], "sentAt": None, "context": {"ip": "192.0.2.7"}}
    answer = await client.post(path, json=body, headers=basic(write_key))
    assert answer.json()["accepted"] == 2
    assert [event.kind for event in await waiting(app)] == ["demo_watched", "page_viewed"]


async def test_write_key_in_body_and_in_query(client, app, write_key) -> None:
    assert (await client.post("/v1/track", json=call() | {"writeKey": write_key})).status_code == 200
    assert (await client.post("/v1/batch", json={"batch": [call()], "writeKey": write_key})).status_code == 200
    assert (await client.post(f"/beacon/v1/batch?writeKey={write_key}", json={"batch": [call()]})).status_code == 200
    assert len(await waiting(app)) == 3


@pytest.mark.parametrize(
    "headers",
    [
        {},
        basic("no such key"),
        {"Authorization": "Basic !!!"},
        {"Authorization": "Basic //79"},
        {"Authorization": "Basic " + b64encode(b":x").decode()},
        {"Authorization": "Bearer x"},
    ],
)
async def test_unknown_key_is_refused(client, app, headers) -> None:
    answer = await client.post("/v1/track", json=call(), headers=headers)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "unknown_write_key"
    assert "basic" not in answer.headers["www-authenticate"].lower()
    assert await waiting(app) == []


async def test_secret_key_cannot_write_events(client, secret_key) -> None:
    assert (await client.post("/v1/track", json=call(), headers=basic(secret_key))).status_code == 401


async def test_bad_events_do_not_sink_the_others(client, app, write_key) -> None:
    batch = [call(), 7, call(userId=None, anonymousId=None), call("page")]
    answer = await client.post("/v1/batch", json={"batch": batch}, headers=basic(write_key))
    assert answer.status_code == 200
    assert answer.json()["accepted"] == 2
    assert [(one["index"], one["reason"]) for one in answer.json()["rejected"]] == [
        (1, "not_an_object"),
        (2, "no_identity"),
    ]
    assert len(await waiting(app)) == 2


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (b'{"type":"track","event":"x","userId":1,"properties":{"a":NaN}}', "malformed"),
        (b'{"type":"track","event":"x","userId":1,"properties":{"a":-Infinity, "b":"]}"}}', "malformed"),
        (b'{"type":"track","event":"x","userId":1,"properties":' + b"[" * 20_000 + b"]" * 20_000 + b"}", "too_large"),
        (b'{"type":"track","event":"x","userId":1,"properties":' + b"[" * 9_000 + b"]" * 9_000 + b"}", "too_deep"),
        (b'{"type":"track","event":"\\ud800","userId":\xff1}', "malformed"),
    ],
)
async def test_event_that_breaks_the_json_is_told_by_index(client, app, write_key, broken, reason) -> None:
    good = json.dumps(call(messageId="good", timestamp="2020-01-01T00:00:00Z")).encode()
    body = b'{ "batch" : [' + good + b" , " + broken + b'], "sentAt":"2020-01-01T00:00:00Z"}'
    answer = await client.post("/v1/batch", content=body, headers=basic(write_key))
    assert (answer.status_code, answer.json()["accepted"]) == (200, 1)
    assert [(one["index"], one["reason"]) for one in answer.json()["rejected"]] == [(1, reason)]
    [event] = await waiting(app)
    assert event.message_id == "good"
    assert event.at_us == event.received_us


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        b"[]",
        b"{}",
        b'{"batch":null}',
        b'{"batch":{}}',
        b'{"batch":[{}',
        b'{"batch":[{"a":"]}',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"batch":' + b"[" * 100_000,
    ],
)
async def test_broken_batch_is_refused_whole(client, app, write_key, body) -> None:
    answer = await client.post("/v1/batch", content=body, headers=basic(write_key))
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_body")
    assert await waiting(app) == []


async def test_all_bad_is_a_problem(client, write_key) -> None:
    answer = await client.post("/v1/batch", json={"batch": [1, 2]}, headers=basic(write_key))
    assert (answer.status_code, answer.json()["code"]) == (400, "all_rejected")
    assert [one["index"] for one in answer.json()["rejected"]] == [0, 1]
    assert answer.json()["message"]


async def test_empty_batch_is_accepted(client, write_key) -> None:
    answer = await client.post("/v1/batch", json={"batch": []}, headers=basic(write_key))
    assert (answer.status_code, answer.json()["accepted"]) == (200, 0)


async def test_sizes_are_limited(client, app, write_key) -> None:
    key = basic(write_key)
    too_long = await client.post("/v1/track", json=call(properties={"x": "y" * 33_000}), headers=key)
    assert (too_long.status_code, too_long.json()["rejected"][0]["reason"]) == (400, "too_large")
    assert (await client.post("/v1/batch", content=b"x" * 512_001, headers=key)).status_code == 413
    assert (await client.post("/v1/batch", content=_in_chunks(b"x" * 512_001), headers=key)).status_code == 413
    assert (await client.post("/v1/batch", json={"batch": [1] * 2501}, headers=key)).status_code == 413
    full = {"batch": [call(properties={"x": "y" * 30_000}) for _ in range(16)]}
    assert (await client.post("/v1/batch", json=full, headers=key)).json()["accepted"] == 16
    assert len(await waiting(app)) == 16


async def _in_chunks(body: bytes):
    for start in range(0, len(body), 65536):
        yield body[start : start + 65536]


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Encoding": "gzip", "Content-Type": "application/json"},
        {"Content-Type": "text/plain;charset=UTF-8"},
        {"Content-Type": "application/gzip"},
        {"Content-Type": "application/octet-stream"},
        {},
    ],
)
async def test_gzip_under_any_content_type(client, app, write_key, headers) -> None:
    body = gzip.compress(json.dumps({"batch": [call()]}).encode())
    answer = await client.post("/v1/batch", content=body, headers=basic(write_key) | headers)
    assert answer.status_code == 200
    assert len(await waiting(app)) == 1


async def test_gzip_in_several_members(client, app, write_key) -> None:
    text = json.dumps(call()).encode()
    body = gzip.compress(text[:9]) + gzip.compress(b"") + gzip.compress(text[9:])
    assert (await client.post("/v1/track", content=body, headers=basic(write_key))).status_code == 200


async def test_plain_body_under_a_gzip_header(client, write_key) -> None:
    answer = await client.post("/v1/track", json=call(), headers=basic(write_key) | {"Content-Encoding": "gzip"})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (gzip.compress(b" " * 50_000_000), 413),
        (gzip.compress(b" " * 400_000) * 2, 413),
        (gzip.compress(b"{}", mtime=0)[:-4], 400),
        (b"\x1f\x8b" + b"junk" * 10, 400),
        (gzip.compress(b"{}", mtime=0) + b"trailing", 400),
    ],
)
async def test_hostile_gzip(client, app, write_key, body, status) -> None:
    assert (await client.post("/v1/track", content=body, headers=basic(write_key))).status_code == status
    assert await waiting(app) == []


async def test_unknown_encoding(client, write_key) -> None:
    answer = await client.post("/v1/track", content=b"x", headers=basic(write_key) | {"Content-Encoding": "br"})
    assert answer.status_code == 415


async def test_beacon_as_plain_text(client, app, write_key) -> None:
    body = json.dumps(call() | {"writeKey": write_key})
    answer = await client.post(
        "/v1/track", content=body, headers={"Content-Type": "text/plain", "Origin": "https://shop.example"}
    )
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers


async def test_preflight_allows_any_page(client) -> None:
    answer = await client.options(
        "/v1/batch",
        headers={
            "Origin": "https://shop.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,anonymousid",
        },
    )
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert answer.headers["access-control-allow-headers"] == "authorization,anonymousid"


async def test_refusals_may_be_read_by_any_page(client) -> None:
    assert (await client.post("/v1/track", json=call())).headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    ("headers", "context", "excluded"),
    [
        ({"User-Agent": CHROME}, {}, None),
        ({"User-Agent": GOOGLEBOT}, {}, "bot"),
        ({"User-Agent": "python-requests/2.32"}, {}, None),
        ({"User-Agent": GOOGLEBOT}, {"userAgent": CHROME}, None),
        ({"User-Agent": "python-requests/2.32"}, {"userAgent": GOOGLEBOT}, "bot"),
        ({"User-Agent": CHROME, "Sec-Purpose": "prefetch;prerender"}, {}, "prefetch"),
    ],
)
async def test_bots_are_kept_apart(client, app, write_key, headers, context, excluded) -> None:
    await client.post("/v1/page", json=call(context=context), headers=basic(write_key) | headers)
    assert [event.excluded for event in await waiting(app)] == [excluded]


async def test_clock_skew_of_a_batch_is_corrected(client, app, write_key) -> None:
    body = {"batch": [call(timestamp="2001-01-01T00:00:00Z")], "sentAt": "2001-01-01T00:00:30Z"}
    await client.post("/v1/batch", json=body, headers=basic(write_key))
    [event] = await waiting(app)
    assert event.received_us - event.at_us == 30_000_000


@pytest.mark.parametrize(
    "name", ["drop table intake; --", "<script>alert(1)</script>", "' or 1=1", "\u202e\u0000", "💥" * 60]
)
async def test_hostile_text_is_only_text(client, app, write_key, name) -> None:
    body = json.dumps(call(userId=name, event=name, properties={name: name}))
    assert (await client.post("/v1/track", content=body, headers=basic(write_key))).status_code == 200
    [event] = await waiting(app)
    assert event.user_id == name.replace("\0", "\ufffd")


async def test_database_away_is_unavailable_not_broken(client, app: App, write_key, server) -> None:
    await client.post("/v1/track", json=call(), headers=basic(write_key))  # the key is remembered
    admin = await asyncpg.connect(server.url())
    name = app.db.url.split("/")[3].split("?")[0]
    await admin.execute(f"alter database {name} allow_connections false")
    await admin.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", name)
    answer = await client.post("/v1/track", json=call(), headers=basic(write_key))
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) >= 1
    await admin.execute(f"alter database {name} allow_connections true")
    await admin.close()
    assert (await client.post("/v1/track", json=call(), headers=basic(write_key))).status_code == 200
    assert len(await waiting(app)) == 2


async def test_overload_is_told_with_retry_after(client, app: App, write_key) -> None:
    app.intake._buffer_bytes = 10
    answer = await client.post("/v1/track", json=call(), headers=basic(write_key))
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1
    assert await waiting(app) == []
