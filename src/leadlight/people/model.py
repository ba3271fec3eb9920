"""People as values: subjects, contacts, accounts, and what they hold."""

from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec


class Attribute(msgspec.Struct, frozen=True, array_like=True):
    """A value with its source and the time it was last confirmed."""

    value: Any
    source: str
    at_us: int


class StageChange(msgspec.Struct, frozen=True, array_like=True):
    """From `at_us` on the contact is in `stage`."""

    at_us: int
    stage: str
    source: str


class SubjectKind(StrEnum):
    ANONYMOUS = "anonymous"
    KNOWN = "known"


class Subject(msgspec.Struct):
    """The atom of identity: one anonymous browser or one known identity.

    `contact_id` is where it belongs now, `home_contact_id` the contact it was created under (unmerge returns it there).
    Attributes, tags (tag -> when and by whom) and stage changes belong to the subject they were recorded on, so merges are exact both ways.
    """

    id: UUID
    contact_id: UUID
    home_contact_id: UUID
    kind: SubjectKind
    attributes: dict[str, Attribute] = {}
    tags: dict[str, Attribute] = {}
    stages: list[StageChange] = []


class Contact(msgspec.Struct):
    """One person as the product shows them: the sum of its subjects.

    `profile` (field -> value), `tags`, `stage` and `email` are derived from the subjects by `people.derive`.
    """

    id: UUID
    account_id: UUID | None
    is_known: bool
    merged_into: UUID | None
    email: str | None
    profile: dict[str, Any]
    tags: frozenset[str]
    stage: str | None
    stages: tuple[StageChange, ...] = ()


class Account(msgspec.Struct):
    """A company. `profile` maps field -> newest confirmed value."""

    id: UUID
    name: str | None
    domain: str | None
    attributes: dict[str, Attribute]
    profile: dict[str, Any]
