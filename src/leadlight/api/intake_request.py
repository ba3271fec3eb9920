"""What a request to the intake carries: the body in whatever packing, the write key, the sender's browser."""

import zlib
from base64 import b64decode
from binascii import Error as Base64Error

from fastapi import Request

from leadlight.access import ApiKey
from leadlight.app import App
from leadlight.events import BadBody, Exclusion
from leadlight.kit.errors import LeadlightError

MAX_BATCH_BYTES = 500 * 1024
GZIP = b"\x1f\x8b"


class UnknownWriteKey(LeadlightError):
    """The write key is missing, unknown or revoked. Send it as user of Basic auth or as "writeKey" in the body."""

    code = "unknown_write_key"
    status = 401


class BatchTooLarge(LeadlightError):
    """The request is larger than 500 KB of JSON. Send several batches."""

    code = "batch_too_large"
    status = 413


class UnknownEncoding(LeadlightError):
    """The Content-Encoding is not known. Send gzip or nothing."""

    code = "unknown_encoding"
    status = 415


async def read_body(request: Request) -> bytes:
    encoding = request.headers.get("content-encoding", "").strip().lower()
    if encoding not in {"", "gzip", "x-gzip", "identity"}:
        raise UnknownEncoding(f"found {encoding[:40]}")
    declared = request.headers.get("content-length", "0")
    if declared.isdecimal() and int(declared) > MAX_BATCH_BYTES:
        raise BatchTooLarge(f"found {declared} bytes")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BATCH_BYTES:
            raise BatchTooLarge
    return _gunzip(bytes(body)) if body.startswith(GZIP) else bytes(body)


def _gunzip(packed: bytes) -> bytes:
    """Unpack all members, never past the limit; whatever the headers say, the first bytes told that it is gzip."""
    body = bytearray()
    while packed:
        member = zlib.decompressobj(wbits=31)
        try:
            body += member.decompress(packed, MAX_BATCH_BYTES + 1 - len(body))
        except zlib.error as error:
            raise BadBody(f"not valid gzip: {error}") from error
        if len(body) > MAX_BATCH_BYTES:
            raise BatchTooLarge("the body unpacks to more")
        if not member.eof:
            raise BadBody("the gzip data ends early")
        packed = member.unused_data
    return bytes(body)


async def find_write_key(app: App, request: Request, in_body: str | None) -> ApiKey:
    secret = _basic_user(request.headers.get("authorization", "")) or in_body or request.query_params.get("writeKey")
    key = await app.keys.find(secret) if secret and secret.isprintable() else None
    if key is None or key.kind != "write":
        raise UnknownWriteKey
    return key


def _basic_user(header: str) -> str | None:
    scheme, _, credentials = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        return b64decode(credentials.strip()).decode().partition(":")[0] or None
    except (Base64Error, ValueError):
        return None


def browser_of(request: Request) -> str | None:
    """The user agent when it is a person's browser (or a crawler that runs scripts), not a library on a server."""
    agent = request.headers.get("user-agent", "")
    return agent if agent.startswith("Mozilla/") else None


def exclusion_of(request: Request) -> str | None:
    purpose = request.headers.get("sec-purpose", "") + request.headers.get("purpose", "")
    return Exclusion.PREFETCH if "prefetch" in purpose.lower() else None
