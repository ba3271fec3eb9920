"""Every refusal as a problem document (RFC 9457); what went wrong inside stays in the log."""

import http
from collections.abc import Sequence
from typing import Any

import asyncpg
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from leadlight.kit.errors import InvalidDocument, LeadlightError, Problem

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 2
LONGEST_ECHO = 80


def problem(status: int, code: str, title: str, detail: str = "", **more: object) -> JSONResponse:
    """The response; `more` are members beside the standard ones."""
    body = {"type": f"about:blank#{code}", "title": title, "status": status, "code": code, "detail": detail, **more}
    headers = {"Retry-After": str(RETRY_SECONDS)} if status in (429, 503) else {}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(printable(body), status, headers, MEDIA_TYPE)


def printable(value: Any) -> Any:
    """The same value with lone surrogates, which UTF-8 cannot carry, written as escapes."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {printable(key): printable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [printable(item) for item in value]
    return value


def answer_with_problems(api: FastAPI) -> None:
    """Install the handlers."""
    api.add_exception_handler(LeadlightError, _known)
    api.add_exception_handler(RequestValidationError, _invalid)
    api.add_exception_handler(HTTPException, _http)
    api.add_exception_handler(asyncpg.DataError, _unstorable)
    for error in (asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError):
        api.add_exception_handler(error, _away)
    api.add_exception_handler(Exception, _unexpected)


async def _known(request: Request, error: Any) -> JSONResponse:
    if error.status >= 500:
        log.warning("request_failed", path=request.url.path, code=error.code, detail=error.detail)
    more = {"problems": listed(error.problems)} if isinstance(error, InvalidDocument) else {}
    return problem(error.status, error.code, error.title(), error.detail, **more)


def listed(problems: Sequence[Problem]) -> list[dict[str, str]]:
    """Problems as members of a problem document."""
    return [{"path": one.path, "found": one.found, "expected": one.expected} for one in problems]


async def _invalid(_: Request, error: Any) -> JSONResponse:
    problems = [
        Problem(".".join(map(str, one["loc"])), _echo(one.get("input")), str(one["msg"])) for one in error.errors()
    ]
    detail = "; ".join(map(str, problems))
    return problem(422, "invalid_request", "The request is not valid", detail, problems=listed(problems))


def _echo(value: object) -> str:
    text = repr(value)
    return text if len(text) <= LONGEST_ECHO else text[: LONGEST_ECHO - 1] + "…"


async def _http(request: Request, error: Any) -> JSONResponse:
    if isinstance(error.__cause__, LeadlightError):  # FastAPI makes 400 of whatever the reading of a body raises
        return await _known(request, error.__cause__)
    phrase = http.HTTPStatus(error.status_code).phrase
    answer = problem(error.status_code, phrase.lower().replace(" ", "_"), phrase, str(error.detail))
    answer.headers.update(error.headers or {})
    return answer


async def _unstorable(request: Request, error: Exception) -> JSONResponse:
    log.info("value_refused_by_database", path=request.url.path, error=str(error))
    return problem(
        422,
        "unstorable_value",
        "A value cannot be stored",
        "a text with a NUL or lone surrogate, or a number too large",
    )


async def _away(request: Request, error: Exception) -> JSONResponse:
    log.warning("database_away", path=request.url.path, error=str(error))
    return problem(503, "unavailable", "The database does not answer right now", "try again in a moment")


async def _unexpected(_: Request, __: Exception) -> JSONResponse:
    return problem(500, "internal", "Something went wrong in Leadlight", "the server's log has the details")
