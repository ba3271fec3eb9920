"""What a contact did, and what that is worth: timeline and statements."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Query
from pydantic import BaseModel, Field, JsonValue

from leadlight import events, people, pipeline, scoring
from leadlight.api.auth import Reader
from leadlight.api.context import TheApp
from leadlight.api.cursors import TimePlace, read_cursor, write_cursor
from leadlight.kit.days import from_us

router = APIRouter(prefix="/api/contacts", tags=["contacts"])

Kind = Annotated[str, Field(max_length=255)]


class TimelineEvent(BaseModel):
    """One event; `excluded` says why it never counts (bot, prefetch)."""

    id: UUID
    kind: str
    name: str
    source: str
    at: datetime
    received_at: datetime
    url: str | None
    referrer_host: str | None
    properties: dict[str, JsonValue]
    excluded: str | None
    subject_id: UUID


class Timeline(BaseModel):
    """A page of events, newest first; `next` is the cursor of the page after."""

    items: list[TimelineEvent]
    next: str | None


class StatementLine(BaseModel):
    """What one rule gave on one ledger and day; `day` is null for state rules and corrections (caps, floors)."""

    rule: str
    label: str
    level: str
    day: date | None
    matched: int
    counted: int
    points: float


class Statement(BaseModel):
    """A score under one model. The points of the lines of level `global` sum to `total`."""

    model: str
    version: int
    as_of: date
    total: float
    fit: float
    engagement: float
    band: str
    grade: str
    levels: dict[str, float]
    lines: list[StatementLine]


@router.get("/{contact_id}/timeline")
async def read_timeline(
    contact_id: UUID,
    app: TheApp,
    caller: Reader,
    kind: Annotated[list[Kind] | None, Query(max_length=50)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    cursor: Annotated[str | None, Query(max_length=1000)] = None,
) -> Timeline:
    """What the contact did, newest first; `kind` (repeatable) picks kinds of events."""
    before = read_cursor(cursor, TimePlace)
    async with app.db.transaction(isolation="repeatable_read", readonly=True) as conn:
        subject_ids = await people.subject_ids_of(conn, contact_id)
        found = await events.timeline(conn, subject_ids, before, limit + 1, kind or ())
    page = found[:limit]
    following = write_cursor((page[-1].at_us, page[-1].id)) if len(found) > limit else None
    return Timeline(items=[_show(event) for event in page], next=following)


@router.get("/{contact_id}/scores")
async def read_scores(contact_id: UUID, app: TheApp, caller: Reader) -> list[Statement]:
    """The statement of the contact's score under each published model, as of now."""
    explained = await pipeline.statements(app.engine, contact_id)
    return [Statement(**scoring.statement_document(one.statement, one.score)) for one in explained]


def _show(event: events.Event) -> TimelineEvent:
    return TimelineEvent(
        id=event.id,
        kind=event.kind,
        name=event.name,
        source=event.source,
        at=from_us(event.at_us),
        received_at=from_us(event.received_us),
        url=_url(event),
        referrer_host=event.referrer_host,
        properties=msgspec.json.decode(event.properties, type=dict[str, Any]),
        excluded=event.excluded,
        subject_id=event.subject_id,
    )


def _url(event: events.Event) -> str | None:
    if event.url_host is None and event.url_path is None:
        return None
    return (event.url_host or "") + (event.url_path or "") + (f"?{event.url_query}" if event.url_query else "")
