"""Whether the server works, for load balancers and people."""

from fastapi import APIRouter, Response
from pydantic import BaseModel

from leadlight.api.context import TheApp
from leadlight.kit.errors import Unavailable

router = APIRouter(prefix="/api", tags=["health"])


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
            waiting = await conn.fetchval("select count(*) from (select from intake limit 100000) as waiting")
            lag = await conn.fetchval(
                "select extract(epoch from now() - min(next_at))::float8 from outbox"
                " where state in ('queued', 'claimed', 'handing') and next_at < now()"
            )
    except Unavailable:
        response.status_code = 503
        return Health(ready=False)
    return Health(ready=True, intake_waiting=waiting, outbox_lag_seconds=lag or 0.0)
