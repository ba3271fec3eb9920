"""Keys, scopes and digests."""

import secrets
from hashlib import sha256
from typing import Literal, TypeAlias, get_args
from uuid import UUID

import msgspec

from leadlight.kit.errors import LeadlightError

KeyKind: TypeAlias = Literal["write", "secret"]
Scope: TypeAlias = Literal["read", "write", "admin"]
KEY_KINDS: tuple[KeyKind, ...] = get_args(KeyKind)
SCOPES: tuple[Scope, ...] = get_args(Scope)
PREFIXES: dict[KeyKind, str] = {"write": "lw_", "secret": "ls_"}
SECRET_BYTES = 24


class InvalidKey(LeadlightError):
    """The key cannot be like that. A write key has no scopes; a secret key has some of read, write, admin."""

    code = "invalid_key"
    status = 422


class ApiKey(msgspec.Struct, frozen=True):
    """What a request shows by its key. A write key is public and only writes events."""

    id: UUID
    kind: KeyKind
    name: str
    scopes: frozenset[Scope]


class Key(msgspec.Struct, frozen=True):
    """A key just made; `secret` is shown this once and stored nowhere."""

    key: ApiKey
    secret: str


class User(msgspec.Struct, frozen=True):
    """A person who may sign in."""

    id: UUID
    name: str


def new_secret(prefix: str) -> str:
    """192 random bits behind a prefix by which leaked keys are recognised."""
    return prefix + secrets.token_urlsafe(SECRET_BYTES)


def digest(secret: str) -> bytes:
    """SHA-256; enough for random secrets, which need no slow hash."""
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()


def hint(secret: str) -> str:
    """Prefix and last four characters, to tell keys apart in lists."""
    return f"{secret[:3]}…{secret[-4:]}"


def checked_scopes(kind: KeyKind, scopes: tuple[Scope, ...]) -> frozenset[Scope]:
    """What the key may do: `admin` includes `write`, which includes `read`; raises InvalidKey."""
    if kind == "write":
        if scopes:
            raise InvalidKey("a write key has no scopes: it writes events and nothing else")
        return frozenset()
    if unknown := set(scopes) - set(SCOPES):
        raise InvalidKey(f"found scope {min(unknown)!r}, expected {', '.join(SCOPES)}")
    if not scopes:
        raise InvalidKey("a secret key needs a scope: read, write or admin")
    widest = max(map(SCOPES.index, scopes))
    return frozenset(SCOPES[: widest + 1])
