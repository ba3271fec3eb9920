"""Messages on their way out: webhooks, and later mail and others."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

from leadlight import messaging
from leadlight.api.auth import needs
from leadlight.api.context import TheApp
from leadlight.messaging import Filter, MessageState, Sent

router = APIRouter(prefix="/api/messages", tags=["messages"])


class MessageOut(BaseModel):
    """A message; `target` is the webhook's key, `occasion` what it tells of. `next_at` is the next attempt while queued."""

    id: UUID
    channel: str
    target: str
    occasion: str
    contact_id: UUID | None
    state: MessageState
    attempts: int
    next_at: datetime
    last_error: str | None
    created_at: datetime
    finished_at: datetime | None


class MessageList(BaseModel):
    """Newest first; `next` is the cursor of the next page."""

    items: list[MessageOut]
    next: str | None


class Resolve(BaseModel):
    """What became of a message in doubt: it arrived, it shall not be sent, or it shall be sent again."""

    resolution: Literal["accepted", "cancelled", "send_again"]


@router.get("", dependencies=[needs("read")])
async def list_messages(
    *,
    app: TheApp,
    state: MessageState | None = None,
    channel: Annotated[str | None, Query(max_length=40)] = None,
    target: Annotated[str | None, Query(max_length=400)] = None,
    cursor: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> MessageList:
    """Messages, newest first."""
    async with app.db.connection() as conn:
        found = await messaging.list_messages(conn, Filter(state, channel, target), cursor, limit + 1)
    items = [shown_message(message) for message in found[:limit]]
    return MessageList(items=items, next=str(items[-1].id) if len(found) > limit else None)


@router.get("/{message_id}", dependencies=[needs("read")])
async def read_message(message_id: UUID, app: TheApp) -> MessageOut:
    """One message."""
    async with app.db.connection() as conn:
        return shown_message(await messaging.read_message(conn, message_id))


@router.post("/{message_id}/retry", dependencies=[needs("write")])
async def retry_message(message_id: UUID, app: TheApp) -> MessageOut:
    """Send a message that failed, was cancelled or waits, now, with all attempts before it; its id stays the same."""
    async with app.db.transaction() as conn:
        return shown_message(await messaging.retry(conn, message_id, await app.clock.now_us(conn)))


@router.post("/{message_id}/resolve", dependencies=[needs("write")])
async def resolve_message(message_id: UUID, wanted: Resolve, app: TheApp) -> MessageOut:
    """Decide about a message in doubt."""
    async with app.db.transaction() as conn:
        now_us = await app.clock.now_us(conn)
        return shown_message(await messaging.resolve(conn, message_id, wanted.resolution, now_us))


def shown_message(message: Sent) -> MessageOut:
    """A message as the API shows it."""
    return MessageOut(**{name: getattr(message, name) for name in Sent.__struct_fields__})
