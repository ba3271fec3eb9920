"""The OpenAPI document as the server really answers: every refusal is a problem document (RFC 9457)."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, Field

from leadlight.api.problems import MEDIA_TYPE


class Place(BaseModel):
    """One thing wrong with what was sent."""

    path: str
    found: str
    expected: str


class Problem(BaseModel):
    """Why the server refused; nothing was changed. `code` names the reason for programs, `detail` this case for people."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    problems: list[Place] = Field(default=[], description="Every place that is wrong, where a document was sent.")


def describe_problems(api: FastAPI) -> None:
    """Replace FastAPI's own idea of errors in the document that `api` serves."""

    def document() -> dict[str, Any]:
        if api.openapi_schema is None:
            api.openapi_schema = _with_problems(get_openapi(title=api.title, version=api.version, routes=api.routes))
        return api.openapi_schema

    api.openapi = document  # type: ignore[method-assign]


def _with_problems(document: dict[str, Any]) -> dict[str, Any]:
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for replaced in ("HTTPValidationError", "ValidationError"):
        schemas.pop(replaced, None)
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs"))
    schemas["Problem"] = problem
    refusal = {
        "description": "Refused",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for path in document["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = refusal
    return document
