"""Definitions as values: everything a user configures is one versioned document."""

import math
from collections.abc import Iterator, Mapping
from enum import StrEnum
from hashlib import blake2b
from typing import Any
from uuid import UUID

import msgspec

from leadlight.kit.errors import Problem

Document = dict[str, Any]
"""What JSON can say, with an object at the top; mappings keep the order their author gave them."""

MAX_BYTES = 1_000_000
MAX_DEPTH = 64
EXACT_INTEGER = 2**53


class State(StrEnum):
    """A definition has at most one draft and one published version; all others are archived."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class Definition(msgspec.Struct, frozen=True):
    """One version of one document."""

    kind: str
    key: str
    version: int
    state: State
    body: Document
    comment: str
    author: str
    created_at_us: int
    published_at_us: int | None = None

    @property
    def etag(self) -> str:
        """Changes whenever the version or the body does."""
        return f"{self.version}.{fingerprint(self.body)}"


class Publication(msgspec.Struct, frozen=True):
    """What came of a wish to publish: done at once (`job` None), or in work by that job."""

    definition: Definition
    job: UUID | None = None


class Context(msgspec.Struct, frozen=True):
    """What a validator may look up: kind -> key -> newest document, this change already in it."""

    documents: Mapping[str, Mapping[str, Document]]


def encode_body(body: Document) -> str:
    """The text a document is stored as."""
    return msgspec.json.encode(body).decode()


def decode_body(text: str) -> Document:
    """The document of a stored text."""
    return msgspec.json.decode(text, type=Document)


def canonical(value: object) -> bytes:
    """Equal for equal documents, whatever the order of their keys; 1 and 1.0 and true stay different."""
    return msgspec.json.encode(value, order="deterministic")


def is_same(left: object, right: object) -> bool:
    """Whether two documents say the same."""
    return canonical(left) == canonical(right)


def fingerprint(body: Document) -> str:
    """Short digest of what a document says."""
    return blake2b(canonical(body), digest_size=6).hexdigest()


def check_document(body: Document) -> list[Problem]:
    """What keeps a document from being stored and given back unchanged, empty when nothing does."""
    problems = list(_problems(body, "", 0))
    if not problems and (size := len(canonical(body))) > MAX_BYTES:
        problems.append(Problem("", f"{size:,} bytes", f"at most {MAX_BYTES:,} bytes"))
    return problems


def _problems(value: object, path: str, depth: int) -> Iterator[Problem]:
    if depth > MAX_DEPTH:
        yield Problem(path, "a deeper nesting", f"at most {MAX_DEPTH} levels")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _text_problems(key, path, "key")
            yield from _problems(item, f"{path}.{key}" if path else str(key), depth + 1)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _problems(item, f"{path}[{index}]", depth + 1)
    elif isinstance(value, str):
        yield from _text_problems(value, path, "text")
    else:
        yield from _scalar_problems(value, path)


def _text_problems(text: object, path: str, what: str) -> Iterator[Problem]:
    if not isinstance(text, str):
        yield Problem(path, f"{what} {text!r}", "text")
    elif any("\ud800" <= char <= "\udfff" or char == "\0" for char in text):
        yield Problem(path, f"{what} {text[:40]!r}", "text without NUL and lone surrogates")


def _scalar_problems(value: object, path: str) -> Iterator[Problem]:
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, int):
        if abs(value) > EXACT_INTEGER:
            yield Problem(path, str(value)[:40], f"a whole number of at most {EXACT_INTEGER} either way")
    elif not isinstance(value, float):
        yield Problem(path, type(value).__name__, "text, a number, true, false, null, a list or an object")
    elif not math.isfinite(value):
        yield Problem(path, str(value), "a finite number")
