"""Events as values: what arrives, and what is kept."""

from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec


class Exclusion(StrEnum):
    """Why an event is kept but never matched, scored or counted."""

    BOT = "bot"
    PREFETCH = "prefetch"


# Kinds only Leadlight itself may record: a public write key must not be able to say that points were given.
RESERVED_KINDS = frozenset(
    {
        "band_changed",
        "contacts_merged",
        "contacts_unmerged",
        "duplicate_suspected",
        "hand_off_accepted",
        "hand_off_contacted",
        "hand_off_lost",
        "hand_off_opened",
        "hand_off_rejected",
        "hand_off_won",
        "points_added",
        "profile_changed",
        "score_changed",
        "segment_entered",
        "segment_left",
        "stage_changed",
        "tag_added",
        "tag_removed",
    }
)


class Incoming(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One accepted event in normal form, as it waits in the intake.

    `kind` is the snake-case name conditions use (`page_viewed`, `demo_watched`), `name` the name as sent. Times are
    microseconds since 1970 UTC; `day` is the workspace's calendar day of `at_us`, which is never after `received_us`.
    `properties` is JSON text. `traits` are the contact's (identify) or the account's (group) fields.
    """

    id: UUID
    kind: str
    name: str
    source: str
    message_id: str
    at_us: int
    received_us: int
    day: int
    anonymous_id: str | None = None
    user_id: str | None = None
    email: str | None = None
    previous_id: str | None = None
    group_id: str | None = None
    traits: dict[str, Any] = {}
    url_host: str | None = None
    url_path: str | None = None
    url_query: str | None = None
    referrer_host: str | None = None
    properties: str = "{}"
    context: str = "{}"
    excluded: str | None = None


class Event(msgspec.Struct, frozen=True, gc=False):
    """One event of one subject, as stored for ever. Fields as in `Incoming`."""

    id: UUID
    subject_id: UUID
    kind: str
    name: str
    source: str
    message_id: str
    at_us: int
    received_us: int
    day: int
    url_host: str | None
    url_path: str | None
    url_query: str | None
    referrer_host: str | None
    properties: str
    context: str
    excluded: str | None
