"""Use cases on hand-offs, inside the caller's transaction; each change tells the webhooks that want to know."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from leadlight.handoff import store
from leadlight.handoff.errors import UnknownHandOff
from leadlight.handoff.model import Answer, HandOff, State, apply_answer
from leadlight.kit.days import from_us
from leadlight.kit.db import Connection
from leadlight.messaging import Message, Webhook, enqueue, messages_for

WEBHOOK_EVENTS = {state: f"hand_off.{'opened' if state is State.OPEN else state}" for state in State}


class Answered(msgspec.Struct, frozen=True):
    """A hand-off after an answer, and the event to record for the contact; None when the answer was a repeat."""

    hand_off: HandOff
    event: str | None


async def open_all(conn: Connection, opened: Sequence[HandOff], webhooks: Sequence[Webhook]) -> set[UUID]:
    """Store hand-offs and queue their messages; returns the ids of those that were not in work already."""
    if not opened:
        return set()
    stored = await store.insert(conn, opened)
    for item in opened:
        if item.id in stored:
            await enqueue(conn, messages_about(item, webhooks, item.opened_at_us), item.opened_at_us)
    return stored


async def answer(
    conn: Connection, hand_off_id: UUID, given: Answer, webhooks: Sequence[Webhook], now_us: int
) -> Answered:
    """Move a hand-off on; the same answer again changes nothing.

    Raises UnknownHandOff, MoveNotAllowed, ReasonMissing.
    """
    before = await store.find(conn, hand_off_id, lock=True)
    if before is None:
        raise UnknownHandOff(str(hand_off_id))
    after = apply_answer(before, given, now_us)
    if after is before:
        return Answered(before, None)
    await store.update(conn, after)
    await enqueue(conn, messages_about(after, webhooks, now_us), now_us)
    return Answered(after, f"hand_off_{after.state}")


async def read(conn: Connection, hand_off_id: UUID) -> HandOff:
    """One hand-off; raises UnknownHandOff."""
    found = await store.find(conn, hand_off_id)
    if found is None:
        raise UnknownHandOff(str(hand_off_id))
    return found


def messages_about(item: HandOff, webhooks: Sequence[Webhook], at_us: int) -> list[Message]:
    """Webhook messages that tell of the state a hand-off has reached."""
    return messages_for(webhooks, WEBHOOK_EVENTS[item.state], str(item.id), document(item), at_us, item.contact_id)


def document(item: HandOff) -> dict[str, Any]:
    """A hand-off as API and webhooks show it: points as decimals, times in ISO 8601."""
    summary = item.summary
    return {
        "id": str(item.id),
        "contact_id": str(item.contact_id),
        "email": summary.email,
        "name": summary.name,
        "model": item.model,
        "version": item.version,
        "state": item.state,
        "band": item.band,
        "grade": item.grade,
        "total": item.total_hundredths / 100,
        "fit": summary.fit_hundredths / 100,
        "engagement": summary.engagement_hundredths / 100,
        "sentence": summary.sentence,
        "opener": summary.opener,
        "reasons": [{"label": each.label, "points": each.points_hundredths / 100} for each in summary.reasons],
        "actions": [{"name": each.name, "at": from_us(each.at_us), "url": each.url} for each in summary.actions],
        "reason": item.reason,
        "amount": None if item.amount_hundredths is None else item.amount_hundredths / 100,
        "opened_at": from_us(item.opened_at_us),
        "answered_at": None if item.answered_at_us is None else from_us(item.answered_at_us),
        "closed_at": None if item.closed_at_us is None else from_us(item.closed_at_us),
    }
