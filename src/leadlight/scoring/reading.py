"""Reading a document of a stranger: every value is checked, every problem is kept with its path."""

import re
from collections.abc import Collection, Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from leadlight.kit.errors import InvalidDocument, Problem

KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
DURATION = re.compile(r"([0-9]{1,6})d")
MOST_POINTS = 1_000_000
MOST_DAYS = 3_660
MOST_TEXT = 200


class Reader:
    """Collects problems while values are taken out; each method answers something usable even when it found a problem."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def refuse(self, path: str, found: object, expected: str) -> None:
        """Note a problem; `found` is shown shortened."""
        self.problems.append(Problem(path, _shown(found), expected))

    def adopt(self, error: InvalidDocument, renamed: tuple[str, str] = ("", "")) -> None:
        """Take over the problems of a part; a path that is `renamed[0]` there is `renamed[1]` here."""
        theirs, ours = renamed
        self.problems += [Problem(ours if p.path == theirs else p.path, p.found, p.expected) for p in error.problems]

    def mapping(self, value: object, path: str, allowed: Collection[str]) -> dict[str, Any]:
        """An object with no other keys than `allowed`."""
        if not isinstance(value, dict):
            self.refuse(path, value, "an object")
            return {}
        for name in value:
            if name not in allowed:
                self.refuse(join(path, str(name)), value[name], f"no such key here, but one of {', '.join(allowed)}")
        return value

    def items(self, value: object, path: str) -> Iterator[tuple[str, Any]]:
        """The items of a list, each with its path; nothing for None."""
        if value is None:
            return
        if not isinstance(value, list):
            self.refuse(path, value, "a list")
            return
        for index, item in enumerate(value):
            yield f"{path}[{index}]", item

    def key(self, value: object, path: str) -> str:
        """A key: lower-case letters, digits, - and _."""
        if isinstance(value, str) and KEY.fullmatch(value):
            return value
        self.refuse(path, value, "a key of lower-case letters, digits, - and _, up to 63 characters")
        return ""

    def text(self, value: object, path: str, default: str) -> str:
        """A short text; `default` for None."""
        if value is None:
            return default
        if isinstance(value, str) and 0 < len(value.strip()) <= MOST_TEXT and "\x00" not in value:
            return value
        self.refuse(path, value, f"a text of 1 to {MOST_TEXT} characters")
        return default

    def flag(self, value: object, path: str) -> bool:
        """A truth value; None is false."""
        if value is None or isinstance(value, bool):
            return bool(value)
        self.refuse(path, value, "true or false")
        return False

    def count(self, value: object, path: str) -> int | None:
        """A whole number from 1; None when absent."""
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST_POINTS:
            return value
        self.refuse(path, value, f"a whole number from 1 to {MOST_POINTS}")
        return None

    def days(self, value: object, path: str) -> int | None:
        """A stretch of whole days, written `90d`; None when absent."""
        if value is None:
            return None
        match = DURATION.fullmatch(value) if isinstance(value, str) else None
        amount = int(match[1]) if match else 0
        if 1 <= amount <= MOST_DAYS:
            return amount
        self.refuse(path, value, f"days from 1d to {MOST_DAYS}d")
        return None

    def hundredths(self, value: object, path: str) -> int | None:
        """Points with at most two decimal places, in hundredths; None when absent or refused."""
        if value is None:
            return None
        points = _decimal(value)
        if points is not None and abs(points) <= MOST_POINTS and (points * 100) % 1 == 0:
            return int(points * 100)
        self.refuse(path, value, f"points from -{MOST_POINTS} to {MOST_POINTS} with at most two decimal places")
        return None


def join(path: str, name: str) -> str:
    """`name` inside `path`."""
    return f"{path}.{name}" if path else name


def _decimal(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    try:
        number = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    except (InvalidOperation, ValueError):
        return None
    return number if number.is_finite() else None


def _shown(value: object) -> str:
    text = "nothing" if value is None else repr(value) if isinstance(value, str | int | float) else type(value).__name__
    return {"dict": "an object", "list": "a list"}.get(text, text if len(text) <= MOST_TEXT else text[:MOST_TEXT] + "…")
