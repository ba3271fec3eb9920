"""Taking values out of a stranger's document: nothing is trusted, every problem is kept."""

import re
from typing import Any

from leadlight.kit.errors import Problem
from leadlight.rules.model import Unit, Window
from leadlight.rules.scope import Scope
from leadlight.rules.text import is_storable

MOST_DEPTH = 20
MOST_NODES = 500
MOST_PROBLEMS = 100
MOST_TEXT = 1000
SHOWN_CHARACTERS = 60

_WINDOW = re.compile(r"([1-9][0-9]{0,4})([dhms])")


class Reader:
    """Collects problems while a document is read; what is refused is answered with None."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.problems: list[Problem] = []
        self._nodes = 0

    def refuse(self, path: str, found: object, expected: str) -> None:
        """Note a problem with a value; it is shown shortened."""
        self.note(path, shown(found), expected)

    def note(self, path: str, found: str, expected: str) -> None:
        """Note a problem that is described."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(path, found, expected))

    def count_node(self, path: str) -> bool:
        """Whether one more node is allowed; the first too many is a problem."""
        self._nodes += 1
        if self._nodes == MOST_NODES + 1:
            self.note(path, "one more", f"at most {MOST_NODES} conditions and comparisons in all")
        return self._nodes <= MOST_NODES

    def mapping(self, value: object, path: str, expected: str) -> dict[str, Any] | None:
        """A mapping whose keys are all texts."""
        if not isinstance(value, dict):
            self.refuse(path, value, expected)
            return None
        # YAML 1.1 reads the key `on` as true.
        named = {"on" if key is True else key: item for key, item in value.items()}
        strange = [key for key in named if not isinstance(key, str) or not is_storable(key) or len(key) > MOST_TEXT]
        for key in strange:
            self.refuse(path, key, "keys that are texts")
        return None if strange else named

    def only(self, body: dict[str, Any], path: str, allowed: tuple[str, ...]) -> None:
        """Refuse all keys that are not `allowed`."""
        for key, item in body.items():
            if key not in allowed:
                self.refuse(join(path, key), item, f"no such key here, but {', '.join(allowed)}")

    def text(self, value: object, path: str, expected: str = "a text") -> str | None:
        """A text that is not empty, not too long, and can be stored."""
        if isinstance(value, str) and 0 < len(value) <= MOST_TEXT and is_storable(value):
            return value
        self.refuse(path, value, f"{expected} of 1 to {MOST_TEXT} characters")
        return None

    def window(self, value: object, path: str) -> Window | None:
        """A stretch of time such as `30d`, `12h`, `15m`, `90s`."""
        match = _WINDOW.fullmatch(value) if isinstance(value, str) else None
        if match is None:
            self.refuse(path, value, "a stretch of time such as 30d, 12h, 15m or 90s (at most five digits)")
            return None
        return Window(int(match[1]), Unit(match[2]))


def join(path: str, name: str) -> str:
    """`name` inside `path`."""
    return f"{path}.{name}" if path else name


def shown(value: object) -> str:
    """A value as a reader of the problem may recognise it."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, int) and abs(value) >= 10**SHOWN_CHARACTERS:
        return "a very large number"
    if not isinstance(value, str | int | float):
        return f"a {type(value).__name__}"
    text = repr(value)
    return text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "…"
