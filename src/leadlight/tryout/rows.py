"""From a table row to Segment calls: which column means what, and how text becomes a value."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import msgspec
from msgspec import Raw

from leadlight.kit.errors import LeadlightError

SPELLINGS: dict[str, tuple[str, ...]] = {
    "type": ("type", "call"),
    "event": ("event", "event_name", "action"),
    "userId": ("user_id", "userid", "customer_id", "contact_id"),
    "anonymousId": ("anonymous_id", "anonymousid", "visitor_id"),
    "email": ("email", "e_mail", "email_address"),
    "timestamp": ("timestamp", "time", "date", "occurred_at", "event_time", "at"),
    "messageId": ("message_id", "messageid", "event_id"),
    "groupId": ("group_id", "groupid", "account_id", "company_id"),
    "previousId": ("previous_id", "previousid"),
    "name": ("name",),
    "url": ("url", "page_url", "page_location"),
    "referrer": ("referrer", "referer", "page_referrer"),
    "context.userAgent": ("user_agent", "useragent"),
    "context.campaign.source": ("utm_source",),
    "context.campaign.medium": ("utm_medium",),
    "context.campaign.name": ("utm_campaign",),
    "context.campaign.term": ("utm_term",),
    "context.campaign.content": ("utm_content",),
}
"""Field of a call -> column names that mean it, without any `--map`. Case, blanks and hyphens do not matter."""

OBJECTS = ("properties", "traits", "context", "account")
CONTACT_SPELLINGS = SPELLINGS | {"userId": (*SPELLINGS["userId"], "id"), "timestamp": ("timestamp", "updated_at")}
CALL_TYPES = ("identify", "track", "page", "screen", "group", "alias")
_FIELDS_OF_CONTACTS = frozenset({"userId", "anonymousId", "email", "timestamp", "groupId"})
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_WORDS = {"true": True, "false": False}

Row = Mapping[str, Any]
Call = dict[str, Any]


class UnknownField(LeadlightError):
    """A `--map` names a field that a call does not have. Use one of those listed, or `properties.X`, `traits.X`, `account.X`."""

    code = "unknown_field"
    status = 422


class Columns(msgspec.Struct, frozen=True):
    """Column -> where its value goes: a field of the call, a path such as `properties.amount`, or `*.name` (decided by the row's type)."""

    targets: dict[str, tuple[str, ...]]


def event_columns(names: Iterable[str], mapping: Mapping[str, str]) -> Columns:
    """How to read the columns of a file of events; raises UnknownField."""
    return _columns(names, mapping, SPELLINGS, SPELLINGS.keys(), "*")


def contact_columns(names: Iterable[str], mapping: Mapping[str, str]) -> Columns:
    """How to read the columns of a file of contacts: all that is no id is a trait; raises UnknownField."""
    return _columns(names, mapping, CONTACT_SPELLINGS, _FIELDS_OF_CONTACTS, "traits")


def event_calls(row: Row, columns: Columns, seen_emails: set[str]) -> tuple[Call, Call | None]:
    """The call of one row, and when the row's person is known by e-mail only and new in `seen_emails`, the identify call that says so."""
    call = _place(row, columns)
    email = call.pop("email", None)
    call_type = call["type"] = _type_of(call)
    loose = call.pop("*", {})
    for key in ("url", "referrer"):
        if key in call:
            call.setdefault("properties", {})[key] = call.pop(key)
    holder = "traits" if call_type in {"identify", "group"} else "properties"
    if loose:
        call[holder] = loose | call.get(holder, {})
    if email is None:
        return call, None
    if call_type == "identify":
        call.setdefault("traits", {}).setdefault("email", email)
        return call, None
    return call, _introduce(call, str(email).strip(), seen_emails)


def contact_calls(row: Row, columns: Columns) -> list[Call]:
    """An identify call, and a group call when the row says something about the account."""
    if row.get("type") in CALL_TYPES:
        return [dict(row)]
    call = _place(row, columns)
    account = call.pop("account", {})
    group_id = call.pop("groupId", None) or account.get("name") or account.get("domain")
    email = call.pop("email", None)
    call["type"] = "identify"
    if email is not None:
        call.setdefault("traits", {})["email"] = email
        call |= {} if "userId" in call or "anonymousId" in call else {"anonymousId": _browser_of(str(email))}
    if group_id is None:
        return [call]
    who = {key: call[key] for key in ("userId", "anonymousId") if key in call}
    return [call, {"type": "group", "groupId": group_id, "traits": account} | who]


def _columns(
    names: Iterable[str],
    mapping: Mapping[str, str],
    spellings: Mapping[str, tuple[str, ...]],
    fields: Iterable[str],
    rest: str,
) -> Columns:
    known = {spelling: field for field in fields for spelling in spellings[field]}
    targets = {}
    for name in names:
        wanted = mapping.get(name)
        if wanted is not None:
            targets[name] = _target(wanted, known, fields)
            continue
        head, _, tail = name.partition(".")
        if head in OBJECTS:
            targets[name] = (head, *tail.split(".")) if tail else (head,)
        else:
            targets[name] = tuple(known[plain(name)].split(".")) if plain(name) in known else (rest, name)
    return Columns(targets)


def _target(wanted: str, known: Mapping[str, str], fields: Iterable[str]) -> tuple[str, ...]:
    if wanted.partition(".")[0] in OBJECTS:
        return tuple(wanted.split("."))
    field = wanted if wanted in fields else known.get(plain(wanted))
    if field is None:
        raise UnknownField(
            f"--map: found {wanted!r}, expected one of {', '.join(fields)} or properties.X, traits.X, account.X"
        )
    return tuple(field.split("."))


def plain(name: str) -> str:
    """A column name without its manners: `E-Mail ` -> `e_mail`."""
    return re.sub(r"[^a-z0-9]+", "_", name.strip().lower()).strip("_")


def _place(row: Row, columns: Columns) -> Call:
    call: Call = {}
    for name, target in columns.targets.items():
        value = row.get(name)
        if value is None or value == "":
            continue
        holder = call
        for part in target[:-1]:
            holder = holder.setdefault(part, {})
        last = target[-1]
        if len(target) > 1:
            holder[last] = _value(value)
        elif last in OBJECTS:
            holder[last] = holder.get(last, {}) | _object(value)
        else:
            holder[last] = _plain_value(value)
    return call


def _type_of(call: Call) -> str:
    given = call.get("type")
    if given is not None:
        return str(given).strip().lower()
    if "event" in call:
        return "track"
    return "page" if "url" in call else "identify"


def _introduce(call: Call, email: str, seen_emails: set[str]) -> Call | None:
    """Events known by e-mail only belong to a browser of that name, which the identify call ties to the e-mail."""
    if "userId" not in call and "anonymousId" not in call:
        call["anonymousId"] = _browser_of(email)
    ids: Call = {key: call[key] for key in ("userId", "anonymousId") if key in call}
    mark = f"{email.lower()} {ids}"
    if mark in seen_emails:
        return None
    seen_emails.add(mark)
    return {"type": "identify", "traits": {"email": email}, **ids}


def _browser_of(email: str) -> str:
    """The browser of somebody whose only name is an e-mail."""
    return f"email:{email.strip().lower()}"


def _value(value: Any) -> Any:
    """Text that is written like a JSON number or boolean is one; digits are kept as they are."""
    if isinstance(value, str):
        text = value.strip()
        if _NUMBER.fullmatch(text):
            return Raw(text.encode())
        return _WORDS.get(text.lower(), value)
    return _plain_value(value)


def _plain_value(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime | date) else value


def _object(value: Any) -> dict[str, Any]:
    if isinstance(value, str):
        value = msgspec.json.decode(value)
    if not isinstance(value, dict):
        raise ValueError(f"expected an object, found {str(value)[:40]!r}")  # noqa: TRY004 - a fault of the row, not of the program
    return value
