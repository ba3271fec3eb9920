"""Hostile text in every place that takes text: refused clearly, or kept and given back as it was."""

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from docs.write_api import openapi_text
from leadlight import pipeline
from leadlight.kit.postgres import EmbeddedPostgres
from tests.factories.hostile import BROKEN, NASTIEST, TEXTS
from tests.factories.workspaces import Workspace, workspace

OPERATIONS = [
    (method.upper(), path, operation)
    for path, methods in json.loads(openapi_text())["paths"].items()
    for method, operation in methods.items()
    if path.startswith("/api/")
]
REPLACED = {
    "\x00": "\ufffd",
    "a\x00b": "a\ufffdb",
    "\ud800": "\ufffd",
    "a\udfffb": "a\ufffdb",
}  # docs/reference/events.md
QUICK_OR_ALL = pytest.mark.parametrize(
    "texts",
    [
        pytest.param(NASTIEST, id="nastiest"),
        pytest.param(TEXTS + BROKEN, id="all", marks=[pytest.mark.slow, pytest.mark.timeout(900)]),
    ],
)


@pytest.fixture(scope="module")
def place(server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with workspace(server, tmp_path_factory.mktemp("hostile")) as opened:
        yield opened
        assert opened.run(pipeline.examine(opened.app.engine)) == []


def body_of(value: Any) -> bytes:
    """JSON with everything beyond ASCII escaped, lone surrogates too."""
    return json.dumps(value).encode()


def answered(answer: httpx2.Response) -> httpx2.Response:
    """An answer that is clear: success, or a refusal as a problem document."""
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == answer.status_code
    return answer


def work(place: Workspace) -> None:
    while place.run(place.app.engine.process_waiting()):
        pass
    assert place.run(place.app.db.pool.fetch("select error from set_aside")) == []


def calls_with(text: str, number: int) -> Iterator[dict[str, Any]]:
    """One call for each place of an event that takes text."""
    user = {"userId": f"hostile-{number}"}
    yield {"type": "track", **user, "event": text}
    yield {"type": "track", **user, "event": "Said", "properties": {"text": text, "deep": {"list": [text]}}}
    yield {"type": "track", **user, "event": "Named", "properties": {text: 1}}
    yield {"type": "track", **user, "event": "Timed", "timestamp": text}
    yield {"type": "track", "userId": text, "event": "Known"}
    yield {"type": "track", "anonymousId": text, "event": "Unknown"}
    yield {"type": "track", **user, "messageId": text, "event": "Numbered"}
    yield {
        "type": "page",
        **user,
        "name": text,
        "properties": {"url": text, "referrer": text, "path": text, "title": text},
    }
    yield {
        "type": "page",
        **user,
        "context": {"page": {"url": f"https://x.example/{text}?q={text}"}, "campaign": {"source": text}},
    }
    yield {"type": "screen", **user, "name": text, "category": text}
    yield {"type": "identify", **user, "traits": {"name": text, "title": text, "country": text, "phone": text}}
    yield {
        "type": "identify",
        **user,
        "traits": {text: text, "address": {text: text, "city": text}, "company": {"name": text}},
    }
    yield {"type": "identify", **user, "traits": {"email": text}}
    yield {"type": "group", **user, "groupId": text, "traits": {"name": text, "website": text, "employees": text}}
    yield {"type": "alias", "previousId": text, "userId": f"aliased-{number}"}
    yield {"type": text, **user}


@QUICK_OR_ALL
def test_events_keep_hostile_text(place: Workspace, texts: list[str]) -> None:
    kept: dict[str, str] = {}
    for number, text in enumerate(texts):
        batch = list(calls_with(text, number))
        answer = answered(place.ask("POST", "/v1/batch", content=body_of({"batch": batch}), auth=(place.write_key, "")))
        told = answer.json()
        assert told["accepted"] + len(told["rejected"]) == len(batch), text
        if 1 not in [one["index"] for one in told["rejected"]]:
            kept[f"hostile-{number}"] = text
    work(place)
    for user, text in kept.items():
        (contact,) = place.manage("GET", "/contacts", params={"user_id": user}).json()["items"]
        said = place.manage("GET", f"/contacts/{contact['id']}/timeline", params={"kind": "said", "limit": 500}).json()
        shown = REPLACED.get(text, text)
        assert said["items"][0]["properties"] == {"text": shown, "deep": {"list": [shown]}}
    assert len(kept) >= len(texts) - len(BROKEN)


@QUICK_OR_ALL
def test_queries_and_paths_take_hostile_text(place: Workspace, texts: list[str]) -> None:
    few = texts if len(texts) > len(NASTIEST) else texts[::5]
    for method, path, operation in OPERATIONS:
        if method != "GET":
            continue
        names = [one["name"] for one in operation.get("parameters", []) if one["in"] == "query"]
        for text in few:
            if any("\ud800" <= char <= "\udfff" for char in text):
                continue  # no URL can say it
            for name in names:
                answered(place.manage("GET", path[4:].replace("{", "").replace("}", ""), params={name: text}))
                answered(place.manage("GET", filled(path, "00000000-0000-7000-8000-000000000000"), params={name: text}))
            if "{" in path:
                answered(place.manage("GET", filled(path, quoted(text))))


def filled(path: str, value: str) -> str:
    """The path below /api with every variable replaced."""
    return "/".join(value if part.startswith("{") else part for part in path[4:].split("/"))


def quoted(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


@QUICK_OR_ALL
def test_contacts_keep_hostile_text(place: Workspace, texts: list[str]) -> None:
    made = place.manage("POST", "/contacts", json={"user_id": "hostile-contact"}).json()["contact"]["id"]
    for text in texts:
        for body in (
            {"user_id": text},
            {"email": text},
            {"user_id": "x", "stage": text},
            {"user_id": "x", "tags": [text]},
            {text: text},
        ):
            answered(place.manage("POST", "/contacts", content=body_of(body)))
        before = place.manage("GET", f"/contacts/{made}").json()
        changes = {"fields": {"name": text, "bio": text}, "tags": {"add": [text], "remove": []}, "stage": text}
        answer = answered(place.manage("PATCH", f"/contacts/{made}", content=body_of(changes)))
        after = place.manage("GET", f"/contacts/{made}").json()
        if answer.is_error:
            assert after == before, text
            for change in (
                {"fields": {"bio": text}},
                {"tags": {"add": [text], "remove": []}},
                {"stage": text},
                {"fields": {text: "x"}},
            ):
                answered(place.manage("PATCH", f"/contacts/{made}", content=body_of(change)))
            continue
        assert (after["profile"].get("bio", {"value": ""})["value"], after["stage"]) == (text, text)
        assert text in after["tags"]
        answered(place.manage("PATCH", f"/contacts/{made}", content=body_of({"tags": {"add": [], "remove": [text]}})))


@QUICK_OR_ALL
def test_definitions_keep_hostile_text(place: Workspace, texts: list[str]) -> None:
    for text in texts:
        webhook = {"url": "https://hook.example/", "description": text}
        answer = answered(place.manage("PUT", "/definitions/webhooks/hostile", content=body_of(webhook)))
        if answer.is_success:
            assert place.manage("GET", "/definitions/webhooks/hostile").json()["document"] == webhook
        answered(place.manage("PUT", "/definitions/webhooks/hostile", content=body_of({"url": text})))
        answered(
            place.manage(
                "PUT",
                f"/definitions/webhooks/{quoted(text) if text not in BROKEN[2:] else 'x'}",
                content=body_of(webhook),
            )
        )
        for rule in (
            {"key": text, "did": "x", "points": 1},
            {"key": "a", "label": text, "did": "x", "points": 1},
            {"key": "a", "did": text, "points": 1, "where": {text: text}},
            {"key": "a", "did": "x", "points": 1, "where": {"p": {"matches": text}, "url.path": {"glob": text}}},
            {"key": "a", "did": "x", "points": 1, "levels": {"tags": [text]}, "group": text, "fade": {"expire": text}},
            {"key": "a", "points": text, "when": {"field": text, "is": text}},
            {text: text},
        ):
            model = {"label": text, "rules": [rule], "bands": [{"key": "cold"}]}
            answered(place.manage("PUT", "/definitions/score-models/hostile", content=body_of(model)))
        for header in ("If-Match", "If-None-Match"):
            if text.isascii() and text.isprintable():
                answered(
                    place.manage(
                        "PUT", "/definitions/webhooks/hostile", content=body_of(webhook), headers={header: text}
                    )
                )
    answered(place.manage("DELETE", "/definitions/webhooks/hostile"))
    answered(place.manage("DELETE", "/definitions/score-models/hostile"))


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer ", "Bearer \xff", "Basic ====", "Basic " + "A" * 9000, "Digest x", "Bearer ls_x"],
)
def test_strange_credentials_are_refused(place: Workspace, authorization: str) -> None:
    for path in ("/api/contacts", "/api/definitions"):
        answer = place.ask("GET", path, headers={"Authorization": authorization.encode("latin-1")})
        assert answered(answer).status_code == 401
    answer = place.ask(
        "POST",
        "/v1/track",
        json={"event": "x", "userId": "y"},
        headers={"Authorization": authorization.encode("latin-1")},
    )
    assert answered(answer).status_code == 401


BODIES = [
    b"",
    b"null",
    b"[]",
    b'"x"',
    b"1",
    b"{",
    b"{}",
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b"\xff\xfe",
    b'{"fields": {"name": "\xff"}}',
    b'{"fields": {"name": 1e400}}',
    b'{"fields": {"age": NaN}}',
    b'{"fields": {"age": ' + b"9" * 5000 + b"}}",
    b'{"stage": "a", "stage": "b"}',
    b'{"fields": {"a": "\\ud800"}}',
    b'{"fields": {"a": "\\u0000"}}',
    b'{"\\u0000": 1}',
    b'{"tags": {"add": [' + b'"t",' * 50_000 + b'"t"]}}',
    b"\xef\xbb\xbf{}",
    b"{}{}",
    b"--x\r\n",
    b"a=b&c=d",
    b'{"document": ' + b"[" * 900 + b"]" * 900 + b"}",
    b'{"rules": ' + b'{"all":[' * 400 + b"]}" * 400 + b"}",
]


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_broken_bodies_are_refused_everywhere(place: Workspace, body: bytes) -> None:
    made = place.manage("POST", "/contacts", json={"user_id": "broken-bodies"}).json()["contact"]["id"]
    for method, path, operation in OPERATIONS:
        if "requestBody" not in operation or path.startswith("/api/session"):
            continue
        place_of = filled(path, made if "contact_id" in path else "score-models")
        for kind in ("application/json", "text/plain", "application/json; charset=utf-16", "multipart/form-data"):
            answered(place.manage(method, place_of, content=body, headers={"Content-Type": kind}))
    for call in ("track", "identify", "page", "batch"):
        answered(place.ask("POST", f"/v1/{call}", content=body, auth=(place.write_key, "")))
    work(place)
