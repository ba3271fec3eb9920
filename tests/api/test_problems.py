"""Refusals of the API are problem documents and tell nothing of the inside."""

from uuid import UUID

import asyncpg
import httpx2
import pytest
from httpx2 import AsyncClient

from leadlight.api.guard import LONGEST_BODY
from leadlight.api.server import create_api
from leadlight.app import App


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/nothing", 404, "not_found"),
        ("DELETE", "/api/health", 405, "method_not_allowed"),
        ("GET", f"/api/jobs/{UUID(int=7)}", 404, "not_found"),
        ("GET", "/api/jobs/x", 422, "invalid_request"),
    ],
)
async def test_refusal_is_a_problem(client: AsyncClient, secret_key: str, method, path, status, code) -> None:
    answer = await client.request(method, path, headers={"Authorization": f"Bearer {secret_key}"})
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert (answer.status_code, body["status"], body["code"]) == (status, status, code)


async def test_validation_names_the_path(client: AsyncClient, secret_key: str) -> None:
    answer = await client.get("/api/jobs/x", headers={"Authorization": f"Bearer {secret_key}"})
    assert answer.json()["problems"][0]["path"] == "path.job_id"
    assert answer.json()["problems"][0]["found"] == "'x'"


async def test_body_over_the_limit_is_refused(client: AsyncClient, secret_key: str) -> None:
    answer = await client.post(
        "/api/keys", headers={"Authorization": f"Bearer {secret_key}"}, content=b"x" * (LONGEST_BODY + 1)
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


async def test_lone_surrogate_is_answered(client: AsyncClient, secret_key: str) -> None:
    answer = await client.post(
        "/api/keys",
        headers={"Authorization": f"Bearer {secret_key}"},
        content=b'{"kind": "\\ud800", "name": "\\ud800"}',
    )
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (RuntimeError("secret inside"), 500),
        (asyncpg.ConnectionDoesNotExistError("secret inside"), 503),
        (asyncpg.AdminShutdownError("secret inside"), 503),
        (asyncpg.CharacterNotInRepertoireError("secret inside"), 422),
    ],
)
async def test_inside_of_errors_stays_inside(app: App, error: Exception, status: int) -> None:
    api = create_api(app)

    @api.get("/api/broken")
    async def broken() -> None:
        raise error

    api.router.routes.insert(0, api.router.routes.pop())  # before the interface, which answers whatever is left
    transport = httpx2.ASGITransport(app=api, raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url="http://leadlight.test") as client:
        answer = await client.get("/api/broken")
    assert answer.status_code == status
    assert "secret" not in answer.text


async def test_health_is_open_and_ready(client: AsyncClient) -> None:
    answer = await client.get("/api/health")
    assert answer.json() == {"ready": True, "intake_waiting": 0, "outbox_lag_seconds": 0.0}
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"


async def test_operation_ids_are_unique_and_readable(client: AsyncClient) -> None:
    paths = (await client.get("/api/openapi.json")).json()["paths"]
    names = [operation["operationId"] for path in paths.values() for operation in path.values()]
    assert len(names) == len(set(names))
    assert {"create_key", "read_job", "read_health"} <= set(names)
