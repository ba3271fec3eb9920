"""Hand-offs: leads given to sales, and what sales answers."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from leadlight import handoff
from leadlight.api.auth import Writer, needs
from leadlight.api.context import TheApp
from leadlight.api.cursors import read_cursor, write_cursor
from leadlight.handoff import Answer, Filter, HandOff, State, Verb

router = APIRouter(prefix="/api/handoffs", tags=["hand-offs"])

LAST_US = 253_402_300_799_000_000  # the last second of the year 9999
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500, pattern=r"^[^\x00]*$")]


class Place(msgspec.Struct, frozen=True, array_like=True):
    """Where a page ends."""

    opened_at_us: Annotated[int, msgspec.Meta(ge=0, le=LAST_US)]
    id: UUID


class ReasonOut(BaseModel):
    """A rule that carries the score, and the points it gave when the hand-off opened."""

    label: str
    points: float


class ActionOut(BaseModel):
    """Something the contact did; `url` is host and path."""

    name: str
    at: datetime
    url: str | None


class HandOffOut(BaseModel):
    """A lead given to sales, with score and reasons as they were when it opened."""

    id: UUID
    contact_id: UUID
    email: str | None
    name: str | None
    model: str
    version: int
    state: State
    band: str
    grade: str
    total: float
    fit: float
    engagement: float
    sentence: str
    opener: str
    reasons: Annotated[list[ReasonOut], Field(description="The heaviest five, heaviest first.")]
    actions: Annotated[list[ActionOut], Field(description="The last ten, newest first.")]
    reason: Annotated[str | None, Field(description="Why sales rejected or lost it.")]
    amount: float | None
    opened_at: datetime
    answered_at: datetime | None
    closed_at: datetime | None


class HandOffList(BaseModel):
    """Newest first; `next` is the cursor of the next page."""

    items: list[HandOffOut]
    next: str | None


class AnswerIn(BaseModel):
    """What sales has to say; `reject` and `lost` need a reason, `won` may tell the amount."""

    model_config = ConfigDict(extra="forbid")

    reason: Text | None = None
    amount: Annotated[Decimal, Field(ge=0, lt=10**13, decimal_places=2)] | None = None


@router.get("", dependencies=[needs("read")])
async def list_handoffs(
    *,
    app: TheApp,
    state: State | None = None,
    model: Annotated[str | None, Query(max_length=63)] = None,
    contact: UUID | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> HandOffList:
    """Hand-offs, newest first."""
    place = read_cursor(cursor, Place)
    before = (place.opened_at_us, place.id) if place else None
    async with app.db.connection() as conn:
        found = await handoff.listed(conn, Filter(state, model, contact), before, limit + 1)
    items = [_shown(item) for item in found[:limit]]
    last = found[limit - 1] if len(found) > limit else None
    return HandOffList(items=items, next=write_cursor((last.opened_at_us, last.id)) if last else None)


@router.get("/{hand_off_id}", dependencies=[needs("read")])
async def read_handoff(hand_off_id: UUID, app: TheApp) -> HandOffOut:
    """One hand-off."""
    async with app.db.connection() as conn:
        return _shown(await handoff.read(conn, hand_off_id))


@router.post("/{hand_off_id}/{verb}")
async def answer_handoff(
    hand_off_id: UUID, verb: Verb, app: TheApp, caller: Writer, given: AnswerIn | None = None
) -> HandOffOut:
    """Accept, reject (with a reason), contacted, won (with the amount) or lost (with a reason); a repeat changes nothing."""
    said = given or AnswerIn()
    amount = None if said.amount is None else int(said.amount * 100)
    answer = Answer(verb, said.reason or None, amount)
    return _shown(await app.engine.answer(hand_off_id, answer, caller.name))


def _shown(item: HandOff) -> HandOffOut:
    return HandOffOut.model_validate(handoff.document(item))
