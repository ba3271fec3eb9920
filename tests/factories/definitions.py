"""Kinds of definitions for tests, and revisions of them."""

from typing import Any

import msgspec

from leadlight.definitions import Context, Document, Kind, Registry, Revision
from leadlight.kit.db import Connection
from leadlight.kit.errors import InvalidDocument, Problem

NOW = 1_760_000_000_000_000


class Published(msgspec.Struct):
    """What a registry reported: how often publications changed."""

    changes: int = 0


def check_colour(body: Document, key: str, context: Context) -> None:
    """Valid: `{name: text, base?: key of another colour}`."""
    problems = []
    if not isinstance(body.get("name"), str):
        problems.append(Problem("name", str(body.get("name")), "text"))
    base = body.get("base")
    if base is not None and base not in context.documents["colours"]:
        problems.append(Problem("base", str(base), "the key of a colour"))
    if problems:
        raise InvalidDocument(problems)


def anything(body: Document, key: str, context: Context) -> None:
    """Valid whatever it says."""


def colours(*more: Kind) -> tuple[Registry, Published]:
    """A registry of colours (checked) and notes (anything goes), and what it reported."""
    published = Published()

    async def on_change(conn: Connection) -> None:
        published.changes += 1

    kinds = {kind.name: kind for kind in (Kind("colours", check_colour), Kind("notes", anything), *more)}
    return Registry(kinds.values(), on_change), published


def colour(key: str = "red", *, expected: str | None = None, author: str = "ana", **body: Any) -> Revision:
    return Revision("colours", key, {"name": key.title(), **body}, author, expected=expected)
