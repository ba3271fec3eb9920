"""A request body as calls: one call, or a batch of them, each still JSON text."""

import re
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Raw

from leadlight.events.normalising import Defaults
from leadlight.kit.errors import LeadlightError

MAX_BATCH_EVENTS = 2500

_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{},]', re.DOTALL)
_BATCH = re.compile(rb'"batch"\s*:\s*\[')
_WRITE_KEY = re.compile(rb'"writeKey"\s*:\s*"([^"\\]{1,255})"')
_SENT_AT = re.compile(rb'"sentAt"\s*:\s*"([^"\\]{1,64})"[^\]]*$')


class BadBody(LeadlightError):
    """The body is not the JSON of a call or a batch. Send a JSON object; a batch has an array under "batch"."""

    code = "bad_body"
    status = 400


class TooManyEvents(LeadlightError):
    """The batch has more than 2500 events. Send several batches."""

    code = "too_many_events"
    status = 413


class Calls(msgspec.Struct, frozen=True):
    """The calls of one request in order, what holds for all of them, and the write key when the body has it."""

    calls: Sequence[bytes | Raw]
    sent_at: Any = None
    context: Raw = Raw(b"")
    write_key: str | None = None


class _Batch(msgspec.Struct, rename="camel"):
    batch: list[Raw]
    sent_at: Any = None
    context: Raw = Raw(b"")
    write_key: Any = None


class _Single(msgspec.Struct, rename="camel"):
    write_key: Any = None


_decode_batch = msgspec.json.Decoder(_Batch).decode
_decode_single = msgspec.json.Decoder(_Single).decode


def read_batch(body: bytes) -> Calls:
    """The calls of a batch; raises BadBody, TooManyEvents. A call that is broken in itself is kept for `normalise` to refuse."""
    try:
        batch = _decode_batch(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        calls = _split_broken(body)
        if calls is None:
            raise BadBody(str(error)) from error
        key, sent_at = _WRITE_KEY.search(body), _SENT_AT.search(body)
        found = Calls(
            calls,
            sent_at=sent_at[1].decode(errors="replace") if sent_at else None,
            write_key=key[1].decode(errors="replace") if key else None,
        )
    else:
        found = Calls(batch.batch, batch.sent_at, batch.context, _key(batch.write_key))
    if len(found.calls) > MAX_BATCH_EVENTS:
        raise TooManyEvents(f"found {len(found.calls)} events")
    return found


def read_single(body: bytes) -> Calls:
    """The one call of a body; raises BadBody."""
    try:
        return Calls([body], write_key=_key(_decode_single(body).write_key))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadBody(str(error)) from error


def defaults_of(calls: Calls, call_type: str | None, user_agent: str | None, excluded: str | None) -> Defaults:
    """What `normalise` is told about every call of the request."""
    return Defaults(call_type, calls.sent_at, user_agent, excluded, calls.context)


def _key(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _split_broken(body: bytes) -> list[bytes] | None:
    """The elements of the array under "batch" where the whole is no JSON (a NaN, a bomb of brackets); None if that fails too."""
    start = _BATCH.search(body)
    if start is None:
        return None
    parts: list[bytes] = []
    begin, depth = start.end(), 0
    for token in _TOKEN.finditer(body, begin):
        sign = token[0]
        if sign in {b"[", b"{"}:
            depth += 1
        elif depth == 0 and sign in {b",", b"]"}:
            parts.append(body[begin : token.start()].strip())
            begin = token.end()
            if sign == b"]":
                return parts if parts != [b""] else []
        elif sign in {b"]", b"}"}:
            depth -= 1
    return None
