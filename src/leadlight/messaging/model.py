"""Messages on their way out, as values, and the rules by which they move."""

from enum import StrEnum
from uuid import UUID

import msgspec

from leadlight.kit.days import SECOND_US
from leadlight.kit.ids import new_id

RETRY_GAPS_S = (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Seconds before each attempt; 75 h 35 min 5 s in all (Standard Webhooks 1.0.0, example schedule)."""

MOST_RETRY_AFTER_S = 86_400
JITTER = 0.04
"""Retries come up to so much earlier than the schedule says, so that they spread and still span three days."""


class MessageState(StrEnum):
    """Where a message is.

    `claimed`: a worker has it, nothing has left. `handing`: the part that cannot be taken back has begun.
    `in_doubt`: a crash while handing on a channel where a repeat would arrive twice; a person decides.
    """

    QUEUED = "queued"
    CLAIMED = "claimed"
    HANDING = "handing"
    ACCEPTED = "accepted"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"
    CANCELLED = "cancelled"


class Message(msgspec.Struct, frozen=True):
    """Something to hand over once: `occasion` names why, unique for the channel and target."""

    channel: str
    target: str
    occasion: str
    body: str
    contact_id: UUID | None = None
    id: UUID = msgspec.field(default_factory=new_id)


class Claimed(msgspec.Struct, frozen=True):
    """A message in the hands of this worker; `attempts` counts how often it was handed before."""

    id: UUID
    channel: str
    target: str
    body: str
    attempts: int


class Accepted(msgspec.Struct, frozen=True):
    """The other side has it."""


class Refused(msgspec.Struct, frozen=True):
    """The other side does not have it. `is_final`: it never will; else `retry_after_s` is what it asked for."""

    error: str
    retry_after_s: float | None = None
    is_final: bool = False


class Unclear(msgspec.Struct, frozen=True):
    """It may have it: the connection ended before it said so, and a repeat would arrive twice."""

    error: str


Outcome = Accepted | Refused | Unclear


class Move(msgspec.Struct, frozen=True):
    """What becomes of a message; `next_at_us` when it is queued again."""

    state: MessageState
    error: str | None = None
    next_at_us: int | None = None


def move_after(outcome: Outcome, attempts: int, now_us: int, spread: float) -> Move:
    """Where a message goes after attempt number `attempts`; `spread` in [0, 1) picks the jitter."""
    if isinstance(outcome, Accepted):
        return Move(MessageState.ACCEPTED)
    if isinstance(outcome, Unclear):
        return Move(MessageState.IN_DOUBT, outcome.error)
    if outcome.is_final or attempts >= len(RETRY_GAPS_S):
        return Move(MessageState.FAILED, outcome.error)
    gap_s = RETRY_GAPS_S[attempts] * (1 - JITTER * spread)
    wait_s = max(gap_s, min(outcome.retry_after_s or 0.0, MOST_RETRY_AFTER_S))
    return Move(MessageState.QUEUED, outcome.error, now_us + round(wait_s * SECOND_US))
