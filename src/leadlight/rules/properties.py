"""Properties of an event, decoded for matching."""

from collections.abc import Callable
from typing import Any

import msgspec


class TooLarge:
    """A JSON number beyond the range of doubles: there is a value, but no number."""


_TOO_LARGE = TooLarge()


def _fraction(literal: str) -> float | TooLarge:
    value = float(literal)
    return value if value - value == 0 else _TOO_LARGE


_decode: Callable[[str], Any] = msgspec.json.Decoder().decode
_decode_wide: Callable[[str], Any] = msgspec.json.Decoder(float_hook=_fraction).decode


def decode_properties(text: str) -> dict[str, Any]:
    """The object in a JSON text as `events.normalise` writes it; {} when it is no object."""
    try:
        value = _decode(text)
    except msgspec.ValidationError:
        value = _decode_wide(text)
    return value if isinstance(value, dict) else {}
