"""Typed fields of contacts and accounts: the built-in ones, and those a workspace defines (definition kind `fields`)."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

import msgspec
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError, model_validator

from leadlight.kit.errors import InvalidDocument, Problem

CONTACT = "contact"
ACCOUNT = "account"


class FieldType(StrEnum):
    """What a field may hold; `list` is several texts, `choice` one of the options."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    LIST = "list"
    CHOICE = "choice"
    EMAIL = "email"
    COUNTRY = "country"


class Field(msgspec.Struct, frozen=True):
    """A field with its type; `options` are the values a choice or list may have (empty: any)."""

    label: str
    type: FieldType
    options: tuple[str, ...] = ()


Fields = Mapping[str, Field]
"""Path (`contact.country`, `account.industry`) -> field."""

Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Option = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class FieldDocument(BaseModel):
    """A custom field: where it is, what people call it, what it may hold."""

    model_config = ConfigDict(extra="forbid")

    field: Annotated[str, StringConstraints(pattern=r"^(contact|account)\.[A-Za-z][A-Za-z0-9_]{0,62}$")]
    label: Label
    type: Literal["text", "number", "boolean", "date", "datetime", "list", "choice"]
    options: list[Option] = []
    description: str = ""

    @model_validator(mode="after")
    def _check_options(self) -> Self:
        if self.type == "choice" and not self.options:
            raise ValueError("a choice needs options")
        if self.options and self.type not in {"choice", "list"}:
            raise ValueError(f"options go with choice and list, not with {self.type}")
        if len(set(self.options)) != len(self.options):
            raise ValueError("each option may be named once")
        return self


def _texts(of: str, labels: Mapping[str, str]) -> dict[str, Field]:
    return {f"{of}.{key}": Field(label, FieldType.TEXT) for key, label in labels.items()}


BUILT_IN: Fields = {
    "contact.email": Field("E-mail", FieldType.EMAIL),
    **_texts(
        CONTACT,
        {
            "first_name": "First name",
            "last_name": "Last name",
            "name": "Name",
            "title": "Job title",
            "role": "Role",
            "phone": "Phone",
            "company": "Company",
            "industry": "Industry",
            "website": "Website",
            "street": "Street",
            "postal_code": "Postal code",
            "city": "City",
            "state": "State",
            "language": "Language",
        },
    ),
    "contact.country": Field("Country", FieldType.COUNTRY),
    "contact.employees": Field("Employees", FieldType.NUMBER),
    "contact.birthday": Field("Birthday", FieldType.DATE),
    "contact.created_at": Field("Created at", FieldType.DATETIME),
    **_texts(
        ACCOUNT,
        {
            "name": "Name",
            "domain": "Domain",
            "industry": "Industry",
            "website": "Website",
            "phone": "Phone",
            "email": "E-mail",
            "plan": "Plan",
            "street": "Street",
            "postal_code": "Postal code",
            "city": "City",
            "state": "State",
        },
    ),
    "account.country": Field("Country", FieldType.COUNTRY),
    "account.employees": Field("Employees", FieldType.NUMBER),
    "account.created_at": Field("Created at", FieldType.DATETIME),
}

SHOWN_TYPES = {FieldType.EMAIL: FieldType.TEXT, FieldType.COUNTRY: FieldType.TEXT}
"""What conditions and people see of the two types that only check more closely."""


def read_fields(bodies: Iterable[Mapping[str, Any]]) -> Fields:
    """The built-in fields and those of the documents, which must be valid; the first document of a path wins."""
    fields = dict(BUILT_IN)
    for body in bodies:
        document = FieldDocument.model_validate(body)
        fields.setdefault(document.field, Field(document.label, FieldType(document.type), tuple(document.options)))
    return fields


def field_types(bodies: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Path -> type, for the parser of conditions: text, number, boolean, date, datetime, list or choice."""
    return types_of(read_fields(bodies))


def types_of(fields: Fields) -> dict[str, str]:
    """Path -> type, as conditions see it."""
    return {path: SHOWN_TYPES.get(field.type, field.type).value for path, field in fields.items()}


def check_field(body: Mapping[str, Any], others: Mapping[str, Mapping[str, Any]]) -> None:
    """Raise InvalidDocument with everything wrong about a field document; `others` are the other documents by key."""
    try:
        document = FieldDocument.model_validate(body)
    except ValidationError as error:
        raise InvalidDocument([_problem(detail) for detail in error.errors()]) from None
    if document.field in BUILT_IN:
        raise InvalidDocument([Problem("field", repr(document.field), "a path that is not built in")])
    for key, other in others.items():
        if other.get("field") == document.field:
            raise InvalidDocument([Problem("field", repr(document.field), f"a path of its own, not that of {key!r}")])


def _problem(detail: Any) -> Problem:
    path = ".".join(str(part) for part in detail["loc"])
    return Problem(path, repr(detail.get("input"))[:80], detail["msg"])
