"""Lists and presence, as both evaluators define them."""

from collections.abc import Collection

from leadlight.rules.text import fold


def has(value: object, wanted: str) -> bool:
    """Whether the folded text is among the texts of a list."""
    return wanted in _texts(value)


def has_any(value: object, wanted: tuple[str, ...]) -> bool:
    """Whether one of the folded texts is among the texts of a list."""
    texts = _texts(value)
    return any(one in texts for one in wanted)


def has_all(value: object, wanted: tuple[str, ...]) -> bool:
    """Whether all the folded texts are among the texts of a list."""
    texts = _texts(value)
    return all(one in texts for one in wanted)


def length(value: object) -> int:
    """How many items a list has; -1 for what is no list."""
    return len(value) if _is_list(value) else -1  # type: ignore[arg-type]


def present(value: object) -> bool:
    """Whether there is a value: not null, no empty text, no empty list."""
    if value is None or value == "":
        return False
    return length(value) != 0


def _texts(value: object) -> Collection[str]:
    if not _is_list(value):
        return ()
    return {fold(item) for item in value if type(item) is str}  # type: ignore[attr-defined]


def _is_list(value: object) -> bool:
    return isinstance(value, list | tuple | set | frozenset)
