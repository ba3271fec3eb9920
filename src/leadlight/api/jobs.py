"""Long work: how far it is, and stopping it."""

from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from leadlight.api.auth import needs
from leadlight.api.context import TheApp
from leadlight.kit.jobs import JobState, cancel_job, job_state

router = APIRouter(prefix="/api/jobs", tags=["jobs"])


class JobOut(BaseModel):
    """A job; `total` is null while unknown, `result` and `error` are set when it ended."""

    id: UUID
    kind: str
    state: str
    step: str
    done: int
    total: int | None
    result: str | None
    error: str | None
    cancel_wanted: bool


@router.get("/{job_id}", dependencies=[needs("read")])
async def read_job(job_id: UUID, app: TheApp) -> JobOut:
    """How far a job is."""
    async with app.db.connection() as conn:
        return shown_job(await job_state(conn, job_id))


@router.post("/{job_id}/cancel", dependencies=[needs("write")])
async def request_job_cancel(job_id: UUID, app: TheApp) -> JobOut:
    """Ask a job to stop: at once while it waits, at its next step while it runs."""
    async with app.db.transaction() as conn:
        return shown_job(await cancel_job(conn, job_id))


def shown_job(job: JobState) -> JobOut:
    """A job as the API shows it."""
    return JobOut(**{name: getattr(job, name) for name in JobState.__struct_fields__})
