"""From a call as it was sent to an event in normal form, or the reason why not."""

import re
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Raw

from leadlight.events.classify import exclusion_of
from leadlight.events.drops import DropReason, Rejection
from leadlight.events.exact import Refused, as_values, encode, read_object, shown
from leadlight.events.model import RESERVED_KINDS, Incoming
from leadlight.events.shapes import NO_CONTEXT, Call, Context, read_call, read_context
from leadlight.events.times import correct_time, read_time
from leadlight.events.urls import read_campaign, split_url
from leadlight.kit.days import day_of
from leadlight.kit.ids import digest_id, new_id
from leadlight.people import normalise_email
from leadlight.rules import kind_of_name

MAX_CHARS = 255
KINDS = {
    "identify": "identified",
    "page": "page_viewed",
    "screen": "screen_viewed",
    "group": "grouped",
    "alias": "aliased",
}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
# What broken integrations send for "nobody": as ids they would make one person of all visitors.
_NOBODY = frozenset({"null", "undefined", "none", "nan", "[object object]", "00000000-0000-0000-0000-000000000000"})


class Defaults(msgspec.Struct, frozen=True):
    """What a request says about all its calls: their type, when it was sent, its browser, a context to fall back on."""

    type: str | None = None
    sent_at: Any = None
    user_agent: str | None = None
    excluded: str | None = None
    context: Raw = Raw(b"")


NO_DEFAULTS = Defaults()


class _Ids(msgspec.Struct, gc=False):
    anonymous: str | None
    user: str | None
    email: str | None
    previous: str | None
    group: str | None


def normalise(
    call: bytes | Raw | dict[str, Any],
    received_us: int,
    source: str,
    zone: ZoneInfo,
    defaults: Defaults = NO_DEFAULTS,
) -> Incoming | Rejection:
    """The event of one Segment call: JSON text, or an object decoded before (whose floats are as exact as floats are)."""
    try:
        return _incoming(read_call(call), received_us, source, zone, defaults)
    except Refused as refused:
        return Rejection(refused.reason, refused.detail)


def _incoming(call: Call, received_us: int, source: str, zone: ZoneInfo, defaults: Defaults) -> Incoming:
    call_type = defaults.type or call.type
    kind, name = _kind_and_name(call_type, call)
    context = read_context(call.context) or read_context(defaults.context) or NO_CONTEXT
    traits = _traits(call_type, call, context)
    ids = _identify(call_type, call, traits)
    properties = _properties(call_type, call, context, ids)
    page = context.page
    url = split_url(properties.get("url") or page.get("url"))
    campaign = read_campaign(context.campaign, url.query)
    if campaign:
        properties["$campaign"] = campaign
    message_id = _text(call.message_id, "messageId") or str(new_id())
    at_us = _at_us(call, defaults, received_us)
    return Incoming(
        id=digest_id(source, message_id),
        kind=kind,
        name=name,
        source=source,
        message_id=message_id,
        at_us=at_us,
        received_us=received_us,
        day=day_of(at_us, zone),
        anonymous_id=ids.anonymous,
        user_id=ids.user,
        email=ids.email,
        previous_id=ids.previous,
        group_id=ids.group,
        traits=as_values(traits) if traits else {},
        url_host=url.host,
        url_path=url.path,
        url_query=url.query,
        referrer_host=split_url(properties.get("referrer") or page.get("referrer") or context.referrer).host,
        properties=encode(properties).decode() if properties else "{}",
        context=context.text,
        excluded=defaults.excluded or exclusion_of(context.user_agent or defaults.user_agent),
    )


def _kind_and_name(call_type: Any, call: Call) -> tuple[str, str]:
    kind = KINDS.get(call_type) if isinstance(call_type, str) else None
    if kind:
        is_view = call_type in {"page", "screen"}
        return kind, (_text(call.name, "name") or "") if is_view else ""
    if call_type != "track":
        raise Refused(DropReason.UNKNOWN_CALL, f"found {shown(call_type)} as type")
    name = _text(call.event, "event")
    if not name:
        raise Refused(DropReason.NO_NAME, f"found {shown(call.event)} as event")
    kind = kind_of_name(name)
    if kind in RESERVED_KINDS:
        raise Refused(DropReason.RESERVED_NAME, f"{name!r} would be read as {kind}")
    return kind, name


def _traits(call_type: Any, call: Call, context: Context) -> dict[str, Any]:
    if call_type == "group":
        return read_object(call.traits, "traits")
    if call_type == "identify":
        return read_object(call.traits, "traits") or context.traits
    return {}


def _identify(call_type: Any, call: Call, traits: dict[str, Any]) -> _Ids:
    ids = _Ids(
        anonymous=_id(call.anonymous_id, "anonymousId"),
        user=_id(call.user_id, "userId"),
        email=normalise_email(traits.get("email")) if call_type == "identify" else None,
        previous=_id(call.previous_id, "previousId") if call_type == "alias" else None,
        group=_id(call.group_id, "groupId") if call_type == "group" else None,
    )
    if call_type == "alias":
        ids.previous = ids.previous or ids.anonymous
        if not ids.user or not ids.previous:
            raise Refused(DropReason.NO_PREVIOUS, f"found userId {shown(ids.user)}, previousId {shown(ids.previous)}")
    if call_type == "group" and not ids.group:
        raise Refused(DropReason.NO_GROUP, f"found {shown(call.group_id)} as groupId")
    if not (ids.user or ids.anonymous or ids.email):
        raise Refused(
            DropReason.NO_IDENTITY, f"found userId {shown(call.user_id)}, anonymousId {shown(call.anonymous_id)}"
        )
    return ids


def _properties(call_type: Any, call: Call, context: Context, ids: _Ids) -> dict[str, Any]:
    if call_type == "identify":
        return read_object(call.traits, "traits") or dict(context.traits)
    if call_type == "group":
        return read_object(call.traits, "traits") | {"$group_id": ids.group}
    if call_type == "alias":
        return {"$previous_id": ids.previous}
    properties = read_object(call.properties, "properties")
    if call_type in {"page", "screen"}:
        for key, value in (("name", call.name), ("category", call.category)):
            if isinstance(value, str) and value:
                properties.setdefault(key, value)
    return properties


def _at_us(call: Call, defaults: Defaults, received_us: int) -> int:
    try:
        said_us = read_time(call.timestamp)
        if said_us is None:
            said_us = read_time(call.original_timestamp)
    except (ValueError, ArithmeticError) as error:
        raise Refused(
            DropReason.BAD_TIME, f"found {shown(call.timestamp or call.original_timestamp)} as timestamp"
        ) from error
    return correct_time(said_us, _sent_us(call.sent_at or defaults.sent_at), received_us)


def _sent_us(value: Any) -> int | None:
    try:
        return read_time(value)
    except (ValueError, ArithmeticError):
        return None


def _id(value: Any, field: str) -> str | None:
    text = _text(value, field)
    return None if text is None or text.lower() in _NOBODY else text


def _text(value: Any, field: str) -> str | None:
    """Text without outer blanks; numbers as they were written; None when absent or empty."""
    if value is None:
        return None
    if type(value) is not str:
        value = _number_text(value, field)
    text: str = value.strip()
    if len(text) > MAX_CHARS:
        raise Refused(DropReason.TOO_LONG, f"{field}: found {len(text)} characters, at most {MAX_CHARS} are accepted")
    if not text.isprintable():
        text = _CONTROL.sub("\ufffd", text)
    return text or None


def _number_text(value: Any, field: str) -> str:
    if isinstance(value, Raw):
        return bytes(value).decode()
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise Refused(DropReason.BAD_TYPE, f"{field}: expected text, found {type(value).__name__}")
