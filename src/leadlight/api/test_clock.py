"""The clock for tests: only where the server was started with --test-clock."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from leadlight import pipeline
from leadlight.api.auth import Writer
from leadlight.api.context import TheApp
from leadlight.kit.days import from_us

router = APIRouter(prefix="/api/test", tags=["test clock"])

MOST_SECONDS = 10 * 366 * 86_400


class Advance(BaseModel):
    """How far to move the clock."""

    seconds: Annotated[float, Field(ge=0, le=MOST_SECONDS, allow_inf_nan=False)]


class Moment(BaseModel):
    """Where the clock stands."""

    now: datetime


@router.post("/advance")
async def advance_clock(body: Advance, app: TheApp, _caller: Writer) -> Moment:
    """Move the clock on and run everything that falls due on the way, in order."""
    return Moment(now=from_us(await pipeline.advance(app.engine, app.deliverer, body.seconds)))


@router.post("/settle")
async def settle(app: TheApp, _caller: Writer) -> Moment:
    """Answer when intake, due moments, emitted events and due messages have all been processed."""
    await pipeline.settle(app.engine, app.deliverer)
    async with app.db.connection() as conn:
        return Moment(now=from_us(await app.clock.now_us(conn)))
