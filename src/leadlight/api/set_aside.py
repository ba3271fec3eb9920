"""What became of events that did not count: drops by reason, and events set aside."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, JsonValue

from leadlight import events
from leadlight.api.auth import Reader, Writer
from leadlight.api.context import TheApp
from leadlight.events import DropReason

router = APIRouter(prefix="/api/intake", tags=["events in"])


class Drop(BaseModel):
    """Events of one source dropped for one reason on one UTC day; `sentence` explains the reason."""

    day: date
    source: str
    reason: DropReason
    sentence: str
    count: int


class DropList(BaseModel):
    """Counts, newest day first; there is never a next page."""

    items: list[Drop]
    next: None = None


class SetAsideEvent(BaseModel):
    """An event that could not be processed, with its error; `event` is null when it cannot be read."""

    id: int
    source: str
    reason: DropReason
    error: str
    at: datetime
    event: dict[str, JsonValue] | None


class SetAsideList(BaseModel):
    """Newest first; `next` is the cursor of the next page."""

    items: list[SetAsideEvent]
    next: str | None


@router.get("/drops")
async def list_drops(app: TheApp, caller: Reader, days: Annotated[int, Query(ge=1, le=366)] = 30) -> DropList:
    """What was dropped on the newest days that dropped anything."""
    async with app.db.connection() as conn:
        counts = await events.list_drops(conn, days)
    return DropList(
        items=[
            Drop(day=one.day, source=one.source, reason=one.reason, sentence=one.reason.sentence, count=one.count)
            for one in counts
        ]
    )


@router.get("/set-aside")
async def list_set_aside(
    app: TheApp,
    caller: Reader,
    cursor: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> SetAsideList:
    """Events whose processing failed three times."""
    async with app.db.connection() as conn:
        found = await events.list_set_aside(conn, cursor, limit)
    items = [
        SetAsideEvent(
            id=one.id,
            source=one.source,
            reason=one.reason,
            error=one.error,
            at=one.at,
            event=one.readable(),
        )
        for one in found
    ]
    return SetAsideList(items=items, next=str(items[-1].id) if len(items) == limit else None)


@router.post("/set-aside/{set_aside_id}/retry", status_code=204)
async def retry_set_aside(set_aside_id: Annotated[int, Path(ge=1, lt=2**63)], app: TheApp, caller: Writer) -> None:
    """Put the event back into the intake, to be processed again."""
    async with app.db.transaction() as conn:
        await events.retry_set_aside(conn, set_aside_id)
