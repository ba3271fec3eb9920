"""Events in: the Segment HTTP API under /v1."""

from collections.abc import Awaitable, Callable

import asyncpg
import structlog
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse

from leadlight import events
from leadlight.api.context import app_of
from leadlight.api.intake_request import browser_of, exclusion_of, find_write_key, read_body
from leadlight.api.intake_schema import body_of
from leadlight.api.problems import problem
from leadlight.events import DropReason, Incoming, Rejection
from leadlight.kit.clock import read_clock
from leadlight.kit.days import DAY_US
from leadlight.kit.db import AWAY
from leadlight.kit.errors import LeadlightError, Unavailable

ANYWHERE = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Retry-After"}
CALLS = ("identify", "track", "page", "screen", "group", "alias")
SHORT = {"i": "identify", "t": "track", "p": "page", "s": "screen", "g": "group", "a": "alias"}  # analytics.js
BATCHES = ("/v1/batch", "/v1/import", "/v1/b", "/beacon/v1/batch")

log = structlog.get_logger()
router = APIRouter(tags=["events in"])


def _route(call_type: str | None) -> Callable[[Request], Awaitable[Response]]:
    async def take_in(request: Request) -> Response:
        try:
            return await _take_in(request, call_type)
        except LeadlightError as error:
            return _refusal(error)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody reads it
        except (asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError, *AWAY) as error:
            log.warning("intake_failed", error=repr(error))
            return _refusal(Unavailable("the database does not answer"))

    return take_in


async def _take_in(request: Request, call_type: str | None) -> Response:
    app = app_of(request)
    body = await read_body(request)
    calls = events.read_single(body) if call_type else events.read_batch(body)
    key = await find_write_key(app, request, calls.write_key)
    received_us = await read_clock(app.clock, app.db)
    defaults = events.defaults_of(calls, call_type, browser_of(request), exclusion_of(request))
    zone = app.workspace.zone
    found = [events.normalise(call, received_us, key.name, zone, defaults) for call in calls.calls]
    accepted = [one for one in found if isinstance(one, Incoming)]
    rejected = [(index, one) for index, one in enumerate(found) if isinstance(one, Rejection)]
    await app.intake.accept(accepted)
    for _, rejection in rejected:
        app.intake.drop(received_us // DAY_US, key.name, rejection.reason)
    return _answer(len(accepted), rejected)


def _answer(accepted: int, rejected: list[tuple[int, Rejection]]) -> Response:
    listed = [{"index": index, "reason": one.reason, "detail": one.detail} for index, one in rejected]
    if listed and not accepted:
        return _with_cors(
            problem(
                400,
                "all_rejected",
                "No event was accepted",
                f"the first: {listed[0]['detail']}",
                message="No event was accepted",
                rejected=listed,
            )
        )
    return JSONResponse({"success": True, "accepted": accepted, "rejected": listed}, headers=ANYWHERE)


def _refusal(error: LeadlightError) -> Response:
    # `message` beside `code`: libraries of Segment and RudderStack look for both.
    answer = _with_cors(problem(error.status, error.code, error.title(), error.detail, message=error.title()))
    if error.status == 401:
        answer.headers["WWW-Authenticate"] = 'WriteKey realm="events"'  # Basic would make browsers ask the visitor
    return answer


def _with_cors(answer: Response) -> Response:
    answer.headers.update(ANYWHERE)
    return answer


class Rejected(BaseModel):
    """One event refused: its place in the batch, the reason (docs/reference/events.md), what was found."""

    index: int
    reason: DropReason
    detail: str


class Accepted(BaseModel):
    """How many events are committed, and which are not."""

    success: bool
    accepted: int
    rejected: list[Rejected]


def _add(path: str, call_type: str | None, *, is_alias: bool) -> None:
    name = call_type or "batch"
    router.add_api_route(
        path,
        _route(call_type),
        methods=["POST"],
        name=f"send_{name}",
        summary=f"Take in {'a batch of events' if name == 'batch' else f'one {name} call'}",
        description="Segment's HTTP API. 200 means committed. See docs/reference/events.md.",
        response_model=Accepted,
        responses={code: {"description": text} for code, text in _REFUSALS.items()},
        openapi_extra=body_of(call_type),
        include_in_schema=not is_alias,
    )


_REFUSALS: dict[int | str, str] = {
    400: "The body is broken, or every event was refused",
    401: "Unknown write key",
    413: "More than 500 KB or 2500 events",
    415: "Unknown Content-Encoding",
    429: "Overloaded; see Retry-After",
    503: "The database is away; see Retry-After",
}
for _path in BATCHES:  # the busiest first: routes are tried in order
    _add(_path, None, is_alias=_path != BATCHES[0])
for _call in CALLS:
    _add(f"/v1/{_call}", _call, is_alias=False)
for _letter, _call in SHORT.items():
    _add(f"/v1/{_letter}", _call, is_alias=True)


@router.options("/v1/{call}", include_in_schema=False)
@router.options("/beacon/v1/{call}", include_in_schema=False)
async def preflight_events(request: Request, call: str) -> Response:
    """Any page may send events; nothing secret is ever answered to it."""
    wanted = request.headers.get("access-control-request-headers", "authorization, content-type, content-encoding")
    allowed = {
        "Access-Control-Allow-Methods": "POST, OPTIONS",
        "Access-Control-Allow-Headers": wanted,
        "Access-Control-Max-Age": "86400",
    }
    return Response(status_code=204, headers=ANYWHERE | allowed)
