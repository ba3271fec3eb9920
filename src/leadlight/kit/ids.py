"""Identifiers: time-ordered where we choose them, digests where they must repeat."""

from hashlib import blake2b
from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562): later ids sort after earlier ones, so index pages stay warm."""
    return uuid7()


def digest_id(*parts: str) -> UUID:
    """The same 128-bit id for the same parts, always; used where a repeat must be recognised."""
    digest = blake2b(digest_size=16)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(4, "big"))
        digest.update(data)
    return UUID(bytes=digest.digest())
