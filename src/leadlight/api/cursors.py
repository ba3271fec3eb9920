"""Cursors: where a page of a list ends, as an opaque text."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from leadlight.kit.errors import LeadlightError


class BadCursor(LeadlightError):
    """The cursor is not one this list has given out. Start again without it."""

    code = "bad_cursor"
    status = 422


def write_cursor(place: tuple[Any, ...]) -> str:
    """The text of a place in a list."""
    return urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def read_cursor(text: str | None, shape: Any) -> Any:
    """The place a cursor stands for, of the type `shape`; None without one. Raises BadCursor."""
    if text is None:
        return None
    try:
        return msgspec.json.decode(urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=shape)
    except ValueError as error:
        raise BadCursor(f"found {text[:80]!r}") from error


ScorePlace = tuple[int, UUID]
NamePlace = tuple[str | None, UUID]
TimePlace = tuple[int, UUID]
SeenPlace = tuple[int, datetime, UUID]
TitlePlace = tuple[str, UUID]
