"""Who may be the same person, or of the same account: such calls must be scored together."""

from collections.abc import Iterable
from hashlib import blake2b
from typing import Any, NamedTuple

import msgspec
from msgspec import Raw

from leadlight.people import company_domain


class Ids(NamedTuple):
    """The ids a call names, as they are written."""

    user: Any = None
    browser: Any = None
    previous: Any = None
    group: Any = None
    email: str | None = None


class _Keys(msgspec.Struct, rename="camel"):
    """What a call says about who it is; all else is skipped, which costs next to nothing."""

    user_id: Any = None
    anonymous_id: Any = None
    previous_id: Any = None
    group_id: Any = None
    timestamp: Any = None
    original_timestamp: Any = None
    traits: Raw = Raw(b"")
    context: Raw = Raw(b"")


class _Traits(msgspec.Struct):
    email: Any = None


class _Context(msgspec.Struct):
    traits: Raw = Raw(b"")


NOBODY = Ids()
_decode = msgspec.json.Decoder(_Keys).decode
_decode_traits = msgspec.json.Decoder(_Traits).decode
_decode_context = msgspec.json.Decoder(_Context).decode


def ids_of(line: bytes) -> tuple[Ids, Any]:
    """The ids of a call (all None when it cannot be read) and its time as written."""
    try:
        keys = _decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return NOBODY, None
    email = _email(keys) if b'"email"' in line else None
    said = keys.timestamp or keys.original_timestamp
    return Ids(keys.user_id, keys.anonymous_id, keys.previous_id, keys.group_id, email), said


def numbers_of(ids: Ids) -> list[int]:
    """A number for each id and for the e-mail's company. Equal numbers of different ids cost nothing but parallelism."""
    domain = company_domain(ids.email.rpartition("@")[2]) if ids.email else None
    named = (
        ("user", ids.user),
        ("browser", ids.browser),
        ("user", ids.previous),
        ("browser", ids.previous),  # an alias may name either
        ("group", ids.group),
        ("email", ids.email),
        ("domain", domain),
    )
    return [_number(kind, value) for kind, value in named if value is not None and value != ""]


class Links:
    """Union-find over the numbers of ids. Ids that never stand beside another are not kept."""

    def __init__(self) -> None:
        self._parent: dict[int, int] = {}

    def add(self, numbers: Iterable[int]) -> None:
        """All of these belong together."""
        roots = [self._root(number) for number in numbers]
        if len(roots) > 1:
            first = min(roots)
            for root in roots:
                self._parent[root] = first

    def roots(self) -> dict[int, int]:
        """Each number -> the number of its party."""
        return {number: self._root(number) for number in list(self._parent)}

    def _root(self, number: int) -> int:
        parent = self._parent
        root = number
        while (above := parent.get(root, root)) != root:
            root = above
        while (above := parent.get(number, root)) != root:
            parent[number], number = root, above
        return root


def _email(keys: _Keys) -> str | None:
    for raw in (keys.traits, _context_traits(keys.context)):
        try:
            email = _decode_traits(raw).email if bytes(raw)[:1] == b"{" else None
        except msgspec.DecodeError:
            continue
        if isinstance(email, str):
            return email.strip().lower()
    return None


def _context_traits(context: Raw) -> Raw:
    try:
        return _decode_context(context).traits if bytes(context)[:1] == b"{" else Raw(b"")
    except msgspec.DecodeError:
        return Raw(b"")


def _number(kind: str, value: Any) -> int:
    text = f"{kind}\0{str(value).strip()}".encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "big")
