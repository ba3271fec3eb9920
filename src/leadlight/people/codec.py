"""What subjects and accounts hold, as the JSON text it is stored as."""

from typing import Any

import msgspec

from leadlight.people.model import Attribute, StageChange

MAX_VALUE_BYTES = 32 * 1024

encode_bytes = msgspec.json.Encoder().encode
_decode_attributes = msgspec.json.Decoder(dict[str, Attribute]).decode
_decode_stages = msgspec.json.Decoder(list[StageChange]).decode
_decode_profile = msgspec.json.Decoder(dict[str, Any]).decode


def encode(value: object) -> str:
    """The JSON text of a value."""
    return encode_bytes(value).decode()


def read_attributes(text: str) -> dict[str, Attribute]:
    """Field (or tag) -> attribute."""
    return {} if text == "{}" else _decode_attributes(text)


def read_stages(text: str) -> list[StageChange]:
    """Stage changes as they were made."""
    return [] if text == "[]" else _decode_stages(text)


def read_profile(text: str) -> dict[str, Any]:
    """Field -> value."""
    return {} if text == "{}" else _decode_profile(text)


def is_storable(value: Any) -> bool:
    """Whether a value comes back from its JSON text as it was (no NaN, no lone surrogate), and is not too long."""
    try:
        text = encode_bytes(value)
        return len(text) <= MAX_VALUE_BYTES and bool(msgspec.json.decode(text) == value)
    except (ValueError, OverflowError, RecursionError):
        return False
