"""Writes what is generated from the API: `ui/openapi.json` and `docs/reference/api.md`."""

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeAlias, cast

from leadlight.api import create_api
from leadlight.app import App
from leadlight.kit.config import Settings

ROOT = Path(__file__).parent.parent
OPENAPI = ROOT / "ui/openapi.json"
REFERENCE = ROOT / "docs/reference/api.md"
Json: TypeAlias = dict[str, Any]

INTRODUCTION = """# API

Generated from the OpenAPI document, which a running server gives at `/api/openapi.json`; do not edit.

Requests under `/api/` carry `Authorization: Bearer <secret key>` (`leadlight keys create --kind secret --scope read`),
requests under `/v1/` a write key. Lists answer `{"items": [...], "next": cursor or null}`; hand the cursor back as `cursor` for
the next page. Times are ISO 8601 with zone. Every refusal is a [Problem](#problem) with a status of 4xx or 5xx and has changed nothing.
"""


def main() -> None:
    OPENAPI.write_text(openapi_text())
    REFERENCE.write_text(reference_text())


def openapi_text() -> str:
    """The document as JSON; an API needs no database to describe itself."""
    app = cast("App", SimpleNamespace(settings=Settings()))
    return json.dumps(create_api(app).openapi(), indent=2, ensure_ascii=False) + "\n"


def reference_text() -> str:
    """The reference page."""
    document: Json = json.loads(openapi_text())
    blocks = [INTRODUCTION, *operations(document), "## Documents", *documents(document["components"]["schemas"])]
    return "\n\n".join(block.strip() for block in blocks) + "\n"


def operations(document: Json) -> Iterator[str]:
    """One section a tag, in the order in which the server lists its routes."""
    by_tag: dict[str, list[str]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            by_tag.setdefault(operation.get("tags", ["other"])[0], []).append(described(method, path, operation))
    for tag, sections in by_tag.items():
        yield f"## {tag.capitalize()}"
        yield from sections


def described(method: str, path: str, operation: Json) -> str:
    """Heading, purpose, parameters, body and answer of one operation."""
    lines = [f"### {method.upper()} {path}", "", str(operation.get("description", operation["summary"])), ""]
    parameters = [one for one in operation.get("parameters", []) if one["in"] != "header"]
    lines.extend(f"- `{one['name']}` ({word(one)}){meaning(one)}" for one in parameters)
    if content := operation.get("requestBody", {}).get("content"):
        lines.append(f"- body: {body_type(content)}")
    for status, response in operation["responses"].items():
        if status != "default":
            lines.append(f"- answers {status}{answer(response)}")
    return "\n".join(lines)


def word(parameter: Json) -> str:
    need = "" if parameter.get("required") else ", optional"
    return type_of(parameter["schema"]) + need


def meaning(described_thing: Json) -> str:
    text = described_thing.get("description") or described_thing.get("schema", {}).get("description")
    return f": {text}" if text else ""


def answer(response: Json) -> str:
    content = response.get("content")
    return f": {body_type(content)}" if content else ", no content"


def body_type(content: Json) -> str:
    return ", ".join(f"{type_of(media.get('schema', {}))} as `{name}`" for name, media in content.items())


def documents(schemas: Json) -> Iterator[str]:
    """One table of members a schema, sorted by name."""
    for name, schema in sorted(schemas.items()):
        yield f"### {name}"
        if "description" in schema:
            yield schema["description"]
        if members := schema.get("properties"):
            yield table(members, schema.get("required", []))
        elif "description" not in schema:
            yield type_of(schema)


def table(members: Json, required: list[str]) -> str:
    rows = ["| member | type | |", "|---|---|---|"]
    for name, member in members.items():
        note = member.get("description", "")
        if name not in required:
            note = f"optional. {note}".strip()
        rows.append(f"| `{name}` | {type_of(member)} | {cell(note)} |")
    return "\n".join(rows)


def cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def type_of(schema: Json) -> str:
    """A type in words, with links to documents."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return f"[{name}](#{name.lower()})"
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return " or ".join(type_of(one) for one in schema[choice])
    if "enum" in schema:
        return " or ".join(f"`{value}`" for value in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    if schema.get("type") == "array":
        return f"list of {type_of(schema.get('items', {}))}"
    if isinstance(schema.get("additionalProperties"), dict):
        return f"map to {type_of(schema['additionalProperties'])}"
    return str(schema.get("format") or schema.get("type", "any value"))


if __name__ == "__main__":
    main()
