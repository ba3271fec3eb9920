"""JSON read and written again with the digits of every number kept, so that nothing is lost to floating point."""

import re
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import Raw

from leadlight.events.drops import DropReason

MAX_DEPTH = 32
MAX_KEY_CHARS = 255
MAX_NUMBER_CHARS = 400
MAX_SAFE_INTEGER = 2**53
MAX_SHOWN_CHARS = 60

_EXPONENT = re.compile(r"[eE][+-]?0*[0-9]{4,}$")
_LONG_INTEGER = re.compile(rb"[0-9]{%d}" % (MAX_NUMBER_CHARS + 1))
_ESCAPE = re.compile(rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.", re.DOTALL)
_UNSTORABLE = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")


class Refused(Exception):
    """The event cannot be accepted."""

    def __init__(self, reason: DropReason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


def repair(body: bytes) -> bytes:
    r"""JSON text in which each `\u0000` and each lone surrogate has become U+FFFD: neither can be stored as text."""
    return _ESCAPE.sub(_storable, body) if _UNSTORABLE.search(body) else body


def _storable(escape: re.Match[bytes]) -> bytes:
    found = escape[0]
    return rb"\ufffd" if len(found) == 6 and _UNSTORABLE.match(found) else found


def digits(literal: str) -> Raw:
    """A JSON number with a point or an exponent, as it was written; raises Refused when it is absurdly long or large."""
    if len(literal) > MAX_NUMBER_CHARS or (("e" in literal or "E" in literal) and _EXPONENT.search(literal)):
        raise Refused(DropReason.BAD_NUMBER, f"found {literal[:40]}...")
    return Raw(literal.encode())


_decode = msgspec.json.Decoder(float_hook=digits).decode
encode = msgspec.json.Encoder().encode


def read_object(raw: Raw | bytes, name: str) -> dict[str, Any]:
    """The JSON object `raw`; fractions are `Raw` literals. Null and nothing are {}. Raises Refused naming the field `name`."""
    text = bytes(raw)
    if text in {b"", b"null", b"{}"}:
        return {}
    if len(text) > MAX_NUMBER_CHARS and _LONG_INTEGER.search(text):
        raise Refused(DropReason.BAD_NUMBER, f"{name}: an integer of more than {MAX_NUMBER_CHARS} digits")
    try:
        value = _decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refused(DropReason.MALFORMED, f"{name}: {error}") from error
    except RecursionError as error:
        raise Refused(DropReason.TOO_DEEP, f"{name} nests deeper than {MAX_DEPTH} levels") from error
    if not isinstance(value, dict):
        raise Refused(DropReason.BAD_TYPE, f"{name}: expected an object, found {text[:40].decode(errors='replace')}")
    if len(text) > MAX_KEY_CHARS or text.count(b"{") + text.count(b"[") > MAX_DEPTH:
        _check(value, name, 1)
    return value


def _check(value: dict[str, Any] | list[Any], name: str, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise Refused(DropReason.TOO_DEEP, f"{name} nests deeper than {MAX_DEPTH} levels")
    if isinstance(value, dict):
        if any(len(key) > MAX_KEY_CHARS for key in value):
            raise Refused(DropReason.TOO_LONG, f"{name}: a key is longer than {MAX_KEY_CHARS} characters")
        items: Any = value.values()
    else:
        items = value
    for item in items:
        if isinstance(item, dict | list):
            _check(item, name, depth + 1)


def shown(value: Any) -> str:
    """The beginning of a value as JSON, for messages."""
    text = encode(value).decode()
    return text if len(text) <= MAX_SHOWN_CHARS else text[: MAX_SHOWN_CHARS - 3] + "..."


def as_values(value: Any) -> Any:
    """What `read_object` read with each number as int or float where that keeps all its digits, else as text."""
    if isinstance(value, Raw):
        literal = bytes(value).decode()
        number = float(literal)
        return number if Decimal(repr(number)) == Decimal(literal) else literal
    if isinstance(value, int) and not -MAX_SAFE_INTEGER <= value <= MAX_SAFE_INTEGER:
        return str(value)
    if isinstance(value, dict):
        return {key: as_values(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_values(item) for item in value]
    return value


def readable(text: str) -> dict[str, Any]:
    """Stored properties or context as values any JSON reader can take."""
    values: dict[str, Any] = as_values(read_object(text.encode(), "stored"))
    return values
