"""The OpenAPI document against the real application: no 5xx, answers as described, every refusal a problem document."""

import base64
import itertools
import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings

from docs.write_api import openapi_text
from leadlight.kit.postgres import EmbeddedPostgres
from tests.factories.workspaces import Workspace, workspace

SCHEMA = schemathesis.openapi.from_dict(json.loads(openapi_text()))
CHECKS = [
    schemathesis.checks.not_a_server_error,
    schemathesis.checks.status_code_conformance,
    schemathesis.checks.content_type_conformance,
    schemathesis.checks.response_schema_conformance,
]
UNHEALTHY = list(HealthCheck)
KNOWN: dict[str, str] = {}
TURNS = itertools.count()


def bounded(examples: int) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=examples < 50,
        phases=[Phase.generate],
        suppress_health_check=UNHEALTHY,
    )


@pytest.fixture(scope="module")
def place(server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with workspace(server, tmp_path_factory.mktemp("schema")) as opened:
        populate(opened)
        yield opened


def populate(place: Workspace) -> None:
    """Somebody in sales' hands, somebody else, a company, a webhook with a message, a model that a job publishes."""
    model = {
        "rules": [{"key": "asked", "did": "asked", "points": 50}],
        "bands": [{"key": "cold"}, {"key": "ready", "from": 10}],
        "sales_ready": "ready",
    }
    place.manage("PUT", "/definitions/webhooks/known", json={"url": "http://192.0.2.1/hook"})
    place.manage("PUT", "/definitions/score-models/known", json=model)
    for path in ("/definitions/webhooks/known", "/definitions/score-models/known"):
        assert place.manage("POST", f"{path}/publish").is_success
    for who in ("one", "two"):
        calls = [
            {"type": "identify", "userId": who, "traits": {"email": f"{who}@firma.example"}},
            {"type": "track", "userId": who, "event": "Asked"},
        ]
        assert place.ask("POST", "/v1/batch", json={"batch": calls}, auth=(place.write_key, "")).is_success
    place.run(place.app.engine.process_waiting())
    place.manage("PUT", "/definitions/score-models/later", json=model)
    job = place.manage("POST", "/definitions/score-models/later/publish").json()["job"]["id"]
    first = {
        name: place.manage("GET", f"/{name}").json()["items"][0]["id"]
        for name in ("contacts", "handoffs", "messages", "accounts")
    }
    KNOWN.update(
        contact_id=first["contacts"],
        hand_off_id=first["handoffs"],
        message_id=first["messages"],
        account_id=first["accounts"],
        job_id=job,
        kind="score-models",
        key="known",
    )


@SCHEMA.parametrize()
@bounded(8)
def test_answers_are_as_described(case: schemathesis.Case, place: Workspace) -> None:
    check(case, place)


@pytest.mark.slow
@pytest.mark.timeout(900)
@SCHEMA.parametrize()
@bounded(60)
def test_answers_are_as_described_at_length(case: schemathesis.Case, place: Workspace) -> None:
    check(case, place)


def check(case: schemathesis.Case, place: Workspace) -> None:
    answer = send(case, place)
    case.validate_response(answer, checks=CHECKS)
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert {"type", "title", "status", "code", "detail"} <= problem.keys()
        assert problem["status"] == answer.status_code


def send(case: schemathesis.Case, place: Workspace) -> httpx2.Response:
    """The case as a request of somebody who may do everything; every other one is about what there is."""
    if next(TURNS) % 2:
        case.path_parameters = {name: KNOWN.get(name, value) for name, value in (case.path_parameters or {}).items()}
    request: dict[str, Any] = case.as_transport_kwargs(base_url="http://leadlight.test")
    write = base64.b64encode(f"{place.write_key}:".encode()).decode()
    allowed = f"Basic {write}" if case.path.startswith("/v1/") else f"Bearer {place.secret_key}"
    request["headers"] = dict(request["headers"]) | {"Authorization": allowed}
    data = request.pop("data", None)
    cookies = request.pop("cookies", None) or {}
    if cookies:
        request["headers"]["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
    return place.ask(request.pop("method"), request.pop("url"), content=data, **request)
