"""People as values: who an event speaks of, and the subjects, contacts and accounts it is about."""

from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

Identifier = tuple[str, str]
"""(kind, value): `anonymous_id`, `user_id`, `email` of a subject; `group_id`, `domain` of an account."""

GROUPED = "grouped"
"""Kind of the event of a group call."""

MARK = "$"
"""Attributes whose name starts with it are bookkeeping: never sent by anyone, never shown."""
GROUP_ACCOUNT = "$account"
DOMAIN_ACCOUNT = "$domain_account"
BROWSER = "$anonymous_id"
DUPLICATE = "$duplicate_of"
INVALID = "$invalid."
CONSENT = "consent."


class Attribute(msgspec.Struct, frozen=True, array_like=True):
    """A value with its source and the time it was last confirmed; None says that the field was cleared."""

    value: Any
    source: str
    at_us: int


class StageChange(msgspec.Struct, frozen=True, array_like=True, order=True):
    """From `at_us` on the contact is in `stage`; "" is no stage."""

    at_us: int
    stage: str
    source: str


class SubjectKind(StrEnum):
    ANONYMOUS = "anonymous"
    KNOWN = "known"


class Subject(msgspec.Struct):
    """The atom of identity: one anonymous browser or one known identity.

    `contact_id` is where it is shown now, `home_contact_id` the contact it was created under. Attributes, tags
    (tag -> True or False with when and by whom) and stage changes belong to the subject they were recorded on.
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

    `profile` (field -> value), `tags`, `stage`, `email`, `account_id` and `is_known` are derived from the subjects.
    `rule_parent` is the contact the identity rules joined this one into, `hand_parent` the one it was merged into by
    hand; `merged_into` is where both lead in the end, None while the contact has subjects of its own to show.
    `apart_from` are contacts the rules must not join it into again. `last_event_us` is when it was last active.
    """

    id: UUID
    account_id: UUID | None = None
    is_known: bool = False
    merged_into: UUID | None = None
    email: str | None = None
    profile: dict[str, Any] = {}
    tags: frozenset[str] = frozenset()
    stage: str | None = None
    stages: tuple[StageChange, ...] = ()
    rule_parent: UUID | None = None
    hand_parent: UUID | None = None
    apart_from: frozenset[UUID] = frozenset()
    created_us: int = 0
    last_event_us: int = 0


class Account(msgspec.Struct):
    """A company. `profile` maps field -> newest confirmed value."""

    id: UUID
    name: str | None = None
    domain: str | None = None
    attributes: dict[str, Attribute] = {}
    profile: dict[str, Any] = {}
    created_us: int = 0


class Claim(msgspec.Struct, frozen=True):
    """What one event says about who it is of.

    `kind` is the event's kind; `grouped` makes `traits` fields of the account `group_id`, else they are the contact's.
    `email` is in normal form. `previous_id` is set by alias only.
    """

    source: str
    at_us: int
    kind: str = ""
    anonymous_id: str | None = None
    user_id: str | None = None
    email: str | None = None
    previous_id: str | None = None
    group_id: str | None = None
    traits: dict[str, Any] = {}

    @property
    def is_group(self) -> bool:
        """Whether it says which company the person belongs to."""
        return self.group_id is not None and self.kind == GROUPED


class Move(msgspec.Struct, frozen=True):
    """A subject is shown under another contact than before."""

    subject_id: UUID
    from_contact: UUID
    to_contact: UUID


class Resolution(msgspec.Struct, frozen=True):
    """Who an event or a change belongs to, and what it changed about people.

    `touched` are the contacts shown whose subjects or facts changed; the `*_changed` flags say what changed on any of
    them. `account_changed` is the account whose own fields changed. `conflict` says why two identities were not
    joined, `duplicate_of` is the contact suspected for it for the first time. `problems` are fields whose new value was refused.
    """

    subject_id: UUID
    contact_id: UUID
    created: bool = False
    moved: tuple[Move, ...] = ()
    touched: tuple[UUID, ...] = ()
    profile_changed: bool = False
    tags_changed: bool = False
    stage_changed: bool = False
    account_changed: UUID | None = None
    conflict: str | None = None
    duplicate_of: UUID | None = None
    problems: tuple[str, ...] = ()


class Merge(msgspec.Struct):
    """One contact joined into another, by the identity rules or by hand; `subjects` are those that moved then."""

    id: UUID
    into_contact: UUID
    from_contact: UUID
    subjects: tuple[UUID, ...]
    reason: str
    by_hand: bool
    at_us: int
    undone_at_us: int | None = None


class AttributeChange(msgspec.Struct, frozen=True):
    """A row of history: from `at_us` on, the field of this subject or account had this value."""

    subject_id: UUID | None
    account_id: UUID | None
    field: str
    value: Any
    source: str
    at_us: int


def stage_at(stages: tuple[StageChange, ...], at_us: int) -> str:
    """The stage in force at a moment, "" when there was none; `stages` oldest first."""
    for change in reversed(stages):
        if change.at_us <= at_us:
            return change.stage
    return ""
