"""A call as Segment's and RudderStack's libraries send it: everything optional, anything null."""

from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Raw

from leadlight.events.drops import DropReason
from leadlight.events.exact import Refused, digits, encode, read_object, repair

MAX_EVENT_BYTES = 32 * 1024
_NOTHING = Raw(b"")
_CACHED_BYTES = 1024


class Call(msgspec.Struct, rename="camel", gc=False):
    """One call; unknown fields are ignored. Properties, traits and context stay JSON text until they are needed."""

    type: Any = None
    user_id: Any = None
    anonymous_id: Any = None
    previous_id: Any = None
    group_id: Any = None
    message_id: Any = None
    event: Any = None
    name: Any = None
    category: Any = None
    timestamp: Any = None
    original_timestamp: Any = None
    sent_at: Any = None
    properties: Raw = _NOTHING
    traits: Raw = _NOTHING
    context: Raw = _NOTHING


class Context(msgspec.Struct, frozen=True, gc=False):
    """What is read out of a call's context; `text` is all of it as JSON, without `traits`. Not to be changed."""

    text: str = "{}"
    traits: dict[str, Any] = {}
    page: dict[str, Any] = {}
    referrer: Any = None
    campaign: Any = None
    user_agent: str | None = None


NO_CONTEXT = Context()
_decode_call = msgspec.json.Decoder(Call, float_hook=digits).decode


def read_call(body: bytes | Raw | dict[str, Any]) -> Call:
    """A call from JSON text, or from an object decoded before; raises Refused."""
    text = repair(encode(body) if isinstance(body, dict) else bytes(body))
    if len(text) > MAX_EVENT_BYTES:
        raise Refused(DropReason.TOO_LARGE, f"found {len(text)} bytes, at most {MAX_EVENT_BYTES} are accepted")
    try:
        return _decode_call(text)
    except msgspec.ValidationError as error:
        is_object = text.lstrip()[:1] == b"{"
        reason = DropReason.BAD_NUMBER if is_object else DropReason.NOT_AN_OBJECT
        raise Refused(reason, str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refused(DropReason.MALFORMED, str(error)) from error
    except RecursionError as error:
        raise Refused(DropReason.TOO_DEEP, "the event nests too deep to be read") from error


def read_context(raw: Raw) -> Context | None:
    """The context of a call, None when it has none; raises Refused. Libraries repeat it, so small ones are remembered."""
    text = bytes(raw)
    return _cached_context(text) if len(text) <= _CACHED_BYTES else _parse_context(text)


def _parse_context(text: bytes) -> Context | None:
    context = read_object(text, "context")
    if not context:
        return None
    traits = context.pop("traits", None)
    page = context.get("page")
    referrer = context.get("referrer")
    agent = context.get("userAgent")
    return Context(
        text=encode(context).decode(),
        traits=traits if isinstance(traits, dict) else {},
        page=page if isinstance(page, dict) else {},
        referrer=referrer.get("url") if isinstance(referrer, dict) else referrer,
        campaign=context.get("campaign"),
        user_agent=agent if isinstance(agent, str) else None,
    )


_cached_context = lru_cache(maxsize=2048)(_parse_context)
