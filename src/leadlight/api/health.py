"""Whether the server works, for load balancers and people."""

from fastapi import APIRouter, Response
from pydantic import BaseModel

from leadlight import events, messaging
from leadlight.api.context import TheApp
from leadlight.kit.days import SECOND_US
from leadlight.kit.errors import Unavailable

router = APIRouter(prefix="/api", tags=["health"])

MOST_COUNTED = 100_000


class Health(BaseModel):
    """`ready` is false while the database is away; lags are null then."""

    ready: bool
    intake_waiting: int | None = None
    outbox_lag_seconds: float | None = None


@router.get("/health")
async def read_health(app: TheApp, response: Response) -> Health:
    """Readiness, events accepted but not processed yet (counted to 100,000), and age of the oldest message due."""
    try:
        async with app.db.connection() as conn:
            now_us = await app.clock.now_us(conn)
            waiting = await events.count_waiting(conn, MOST_COUNTED)
            oldest_us = (await messaging.backlog(conn, now_us)).oldest_us
    except Unavailable:
        response.status_code = 503
        return Health(ready=False)
    lag_us = 0 if oldest_us is None else max(0, now_us - oldest_us)
    return Health(ready=True, intake_waiting=waiting, outbox_lag_seconds=lag_us / SECOND_US)
