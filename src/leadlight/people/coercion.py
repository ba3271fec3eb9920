"""Values as they are sent made values of a field's type, or refused."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from leadlight.people.emails import normalise_email
from leadlight.people.fields import Field, FieldType

MAX_TEXT_CHARS = 2000
NUMBER_BOUND = 10**12
MILLISECONDS_FROM = 10**11
"""A bare number from here on is a time in milliseconds, below it in seconds."""
YES = frozenset({"true", "yes", "1"})
NO = frozenset({"false", "no", "0"})


class Refused(msgspec.Struct, frozen=True):
    """The value does not fit the field."""

    expected: str


def coerce(field: Field | None, value: Any) -> Any:
    """The value as the field keeps it, or Refused; None clears any field, an undeclared field keeps what it is given.

    Dates are kept as `YYYY-MM-DD`, datetimes as ISO 8601 in UTC, both as text.
    """
    if value is None or field is None:
        return value
    if isinstance(value, str) and not value.strip():
        return None
    kept = _COERCIONS[field.type](value, field)
    if kept is None:
        expected = f"one of {', '.join(field.options)}" if field.options else _EXPECTED[field.type]
        return Refused(expected)
    return kept


def _text(value: Any, _field: Field) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = str(value).replace("\0", "").strip()
    return text if len(text) <= MAX_TEXT_CHARS else None


def _number(value: Any, _field: Field) -> int | float | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = Decimal(value.strip() if isinstance(value, str) else repr(value))
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number) >= NUMBER_BOUND:
        return None
    return int(number) if number == number.to_integral_value() else float(number)


def _boolean(value: Any, _field: Field) -> bool | None:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower() if isinstance(value, str | int) else ""
    return True if word in YES else False if word in NO else None


def _date(value: Any, _field: Field) -> str | None:
    moment = _moment(value)
    return moment.date().isoformat() if moment else None


def _datetime(value: Any, _field: Field) -> str | None:
    moment = _moment(value)
    if moment is None:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).isoformat()


def _moment(value: Any) -> datetime | None:
    try:
        if isinstance(value, str):
            return datetime.fromisoformat(value.strip())
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / 1000 if abs(value) >= MILLISECONDS_FROM else value, UTC)
        if isinstance(value, date):
            return datetime.fromisoformat(value.isoformat())
    except (ValueError, OverflowError, OSError):
        return None
    return None


def _list(value: Any, field: Field) -> list[str] | None:
    items = value if isinstance(value, list) else [value]
    texts = [_text(item, field) for item in items]
    kept = [text for text in texts if text]
    if len(kept) != len(items) or (field.options and not set(kept) <= set(field.options)):
        return None
    return list(dict.fromkeys(kept))


def _choice(value: Any, field: Field) -> str | None:
    text = _text(value, field)
    return text if text in field.options else None


def _email(value: Any, _field: Field) -> str | None:
    return normalise_email(value)


def _country(value: Any, field: Field) -> str | None:
    text = _text(value, field)
    return text.upper() if text and len(text) == 2 else text


_COERCIONS: dict[FieldType, Callable[[Any, Field], Any]] = {
    FieldType.TEXT: _text,
    FieldType.NUMBER: _number,
    FieldType.BOOLEAN: _boolean,
    FieldType.DATE: _date,
    FieldType.DATETIME: _datetime,
    FieldType.LIST: _list,
    FieldType.CHOICE: _choice,
    FieldType.EMAIL: _email,
    FieldType.COUNTRY: _country,
}

_EXPECTED = {
    FieldType.TEXT: f"text of at most {MAX_TEXT_CHARS} characters",
    FieldType.NUMBER: "a number below 1,000,000,000,000 either way",
    FieldType.BOOLEAN: "true or false",
    FieldType.DATE: "a date like 2026-05-31",
    FieldType.DATETIME: "a time like 2026-05-31T12:00:00Z",
    FieldType.LIST: "a list of texts",
    FieldType.CHOICE: "one of the options",
    FieldType.EMAIL: "an e-mail address",
    FieldType.COUNTRY: "a country, best as its two-letter code",
}
