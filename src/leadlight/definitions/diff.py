"""What changed between two documents, as a person would tell it."""

from collections.abc import Iterator
from typing import Any

import msgspec

from leadlight.definitions.model import is_same


class Absent(msgspec.Struct, frozen=True):
    """Stands for a value that is not there (null is a value)."""


ABSENT = Absent()


class Change(msgspec.Struct, frozen=True):
    """At `path` the value `old` became `new`; either is ABSENT when the path was added or removed."""

    path: str
    old: Any
    new: Any

    def __str__(self) -> str:
        if self.old is ABSENT:
            return f"+ {self.path}: {_shown(self.new)}"
        if self.new is ABSENT:
            return f"- {self.path}: {_shown(self.old)}"
        return f"~ {self.path}: {_shown(self.old)} -> {_shown(self.new)}"


def diff(old: object, new: object, path: str = "") -> list[Change]:
    """The changes that lead from `old` to `new`, in reading order; list items with a `key` are followed by it."""
    return list(_changes(old, new, path))


def _changes(old: Any, new: Any, path: str) -> Iterator[Change]:
    if is_same(old, new):
        return
    if isinstance(old, dict) and isinstance(new, dict):
        yield from _mapping_changes(old, new, path)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _list_changes(old, new, path)
    else:
        yield Change(path, old, new)


def _mapping_changes(old: dict[str, Any], new: dict[str, Any], path: str) -> Iterator[Change]:
    for key in [*new, *(key for key in old if key not in new)]:
        below = f"{path}.{key}" if path else key
        if key not in old:
            yield Change(below, ABSENT, new[key])
        elif key not in new:
            yield Change(below, old[key], ABSENT)
        else:
            yield from _changes(old[key], new[key], below)


def _list_changes(old: list[Any], new: list[Any], path: str) -> Iterator[Change]:
    old_keys, new_keys = _keys(old), _keys(new)
    if old_keys is None or new_keys is None:
        yield from _positional_changes(old, new, path)
        return
    before, after = dict(zip(old_keys, old, strict=True)), dict(zip(new_keys, new, strict=True))
    kept = [key for key in old_keys if key in after]
    if kept != [key for key in new_keys if key in before]:
        yield Change(f"{path} (order)", old_keys, new_keys)
    for key in [*after, *(key for key in before if key not in after)]:
        below = f"{path}[{key}]"
        if key not in before:
            yield Change(below, ABSENT, after[key])
        elif key not in after:
            yield Change(below, before[key], ABSENT)
        else:
            yield from _changes(before[key], after[key], below)


def _positional_changes(old: list[Any], new: list[Any], path: str) -> Iterator[Change]:
    if all(not isinstance(item, dict | list) for item in [*old, *new]):
        yield Change(path, old, new)
        return
    for index in range(max(len(old), len(new))):
        below = f"{path}[{index}]"
        if index >= len(old):
            yield Change(below, ABSENT, new[index])
        elif index >= len(new):
            yield Change(below, old[index], ABSENT)
        else:
            yield from _changes(old[index], new[index], below)


def _keys(items: list[Any]) -> list[str] | None:
    """The `key` of every item, None unless each has one of its own."""
    keys = [item["key"] for item in items if isinstance(item, dict) and isinstance(item.get("key"), str)]
    return keys if len(keys) == len(items) == len(set(keys)) else None


def _shown(value: object) -> str:
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= 200 else f"{text[:200]} ..."
