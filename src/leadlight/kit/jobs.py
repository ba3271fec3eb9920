"""Long work as rows: progress, cancel, and resumption by another process after a crash."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Generic, TypeVar
from uuid import UUID

import asyncpg
import msgspec
import structlog

from leadlight.kit.db import Connection, Database
from leadlight.kit.errors import LeadlightError, NotFound
from leadlight.kit.ids import new_id

log = structlog.get_logger()

HEARTBEAT_SECONDS = 5.0
STALE_SECONDS = 30.0
POLL_SECONDS = 1.0
MOST_ATTEMPTS = 5

Context = TypeVar("Context")


class JobCancelled(LeadlightError):
    """The job was cancelled. Start a new one if it was a mistake."""

    code = "job_cancelled"
    status = 409


class JobTaken(LeadlightError):
    """Another process took the job over. Nothing to do: it goes on there."""

    code = "job_taken"
    status = 409


class JobState(msgspec.Struct, frozen=True):
    """A job as people see it; `total` is None while unknown."""

    id: UUID
    kind: str
    state: str
    step: str
    done: int
    total: int | None
    result: str | None
    error: str | None
    cancel_wanted: bool


class Job:
    """A job in the hands of the process that runs it."""

    def __init__(self, db: Database, row: asyncpg.Record) -> None:
        self._db = db
        self.id: UUID = row["id"]
        self.kind: str = row["kind"]
        self.arguments: dict[str, object] = msgspec.json.decode(row["arguments"])
        self.attempt: int = row["attempts"]
        self.step: str = row["step"]
        self.done: int = row["done"]

    async def progress(self, done: int, total: int | None, step: str) -> None:
        """Show how far it is, and stay alive; raises JobCancelled or JobTaken, which the work lets pass."""
        self.done, self.step = done, step
        cancel = await self._update("done = $3, total = $4, step = $5", done, total, step)
        if cancel:
            raise JobCancelled

    async def beat(self) -> None:
        """Tell that this process still works on it; raises JobTaken."""
        await self._update("done = done")

    async def finish(self, state: str, *, result: object = None, error: str | None = None) -> None:
        """Close it; raises JobTaken."""
        text = None if result is None else msgspec.json.encode(result).decode()
        await self._update("state = $3, result = $4, error = $5, finished_at = now()", state, text, error)

    async def give_back(self) -> None:
        """Let another process go on with it at once."""
        await self._update("state = 'queued', attempts = attempts - 1")

    async def _update(self, change: str, *values: object) -> bool:
        async with self._db.connection() as conn:
            row = await conn.fetchrow(
                f"update jobs set heartbeat_at = now(), {change}"
                " where id = $1 and attempts = $2 and state = 'running' returning cancel_wanted",
                self.id,
                self.attempt,
                *values,
            )
        if row is None:
            raise JobTaken
        return bool(row["cancel_wanted"])


Work = Callable[[Job, Context], Awaitable[object]]


class Jobs(Generic[Context]):
    """The kinds of job there are, and the loop that runs them."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._kinds: dict[str, Work[Context]] = {}

    def register(self, kind: str, work: Work[Context]) -> None:
        """`work` must be able to start again after a crash: look at what is done, do the rest."""
        if kind in self._kinds:
            raise ValueError(f"job kind {kind!r} is registered already")
        self._kinds[kind] = work

    async def run_next(self, context: Context) -> bool:
        """Run one job to its end if one waits."""
        row = await self._claim()
        if row is None:
            return False
        await self._run(Job(self._db, row), context)
        return True

    async def run_until(self, stop: asyncio.Event, context: Context) -> None:
        """Run jobs as they come, until `stop` is set; a job that runs then goes back to the queue."""
        loop = asyncio.create_task(self._run_all(context))
        waiting = asyncio.create_task(stop.wait())
        await asyncio.wait((loop, waiting), return_when=asyncio.FIRST_COMPLETED)
        for task in (loop, waiting):
            task.cancel()
        await asyncio.gather(loop, waiting, return_exceptions=True)

    async def _run_all(self, context: Context) -> None:
        while True:
            try:
                ran = await self.run_next(context)
            except Exception:
                log.exception("job_loop_failed")
                ran = False
            if not ran:
                await asyncio.sleep(POLL_SECONDS)

    async def _claim(self) -> asyncpg.Record | None:
        async with self._db.transaction() as conn:
            await conn.execute(
                "update jobs set state = 'failed', finished_at = now(), error = 'gave up: it ended its process each time'"
                " where state = 'running' and heartbeat_at < now() - $1 * interval '1 second' and attempts >= $2",
                STALE_SECONDS,
                MOST_ATTEMPTS,
            )
            return await conn.fetchrow(
                "update jobs set state = 'running', attempts = attempts + 1,"
                " started_at = coalesce(started_at, now()), heartbeat_at = now() where id = ("
                "  select id from jobs where kind = any($2) and (state = 'queued'"
                "   or (state = 'running' and heartbeat_at < now() - $1 * interval '1 second'))"
                "  order by created_at, id limit 1 for update skip locked) returning *",
                STALE_SECONDS,
                list(self._kinds),
            )

    async def _run(self, job: Job, context: Context) -> None:
        beating = asyncio.create_task(_beat(job))
        try:
            await job.finish("done", result=await self._kinds[job.kind](job, context))
        except JobTaken:
            log.warning("job_taken_over", job=str(job.id), kind=job.kind)
        except JobCancelled:
            await job.finish("cancelled")
        except asyncio.CancelledError:
            with suppress(Exception):
                await job.give_back()
            raise
        except Exception as error:
            log.exception("job_failed", job=str(job.id), kind=job.kind)
            with suppress(JobTaken):
                await job.finish("failed", error=f"{type(error).__name__}: {error}")
        finally:
            beating.cancel()


async def _beat(job: Job) -> None:
    while True:
        await asyncio.sleep(HEARTBEAT_SECONDS)
        with suppress(JobTaken):
            await job.beat()


async def enqueue(conn: Connection, kind: str, arguments: dict[str, object]) -> UUID:
    """Add a job, visible when the caller's transaction commits."""
    job_id = new_id()
    await conn.execute(
        "insert into jobs (id, kind, arguments, state, created_at) values ($1, $2, $3, 'queued', now())",
        job_id,
        kind,
        msgspec.json.encode(arguments).decode(),
    )
    return job_id


async def job_state(conn: Connection, job_id: UUID) -> JobState:
    """What to show of a job; raises NotFound."""
    columns = ", ".join(JobState.__struct_fields__)
    row = await conn.fetchrow(f"select {columns} from jobs where id = $1", job_id)
    if row is None:
        raise NotFound(f"there is no job {job_id}")
    return JobState(**dict(row))


async def is_open(conn: Connection, kind: str) -> bool:
    """Whether a job of this kind waits or runs."""
    found = await conn.fetchval(
        "select exists (select from jobs where kind = $1 and state in ('queued', 'running'))", kind
    )
    return bool(found)


async def cancel_job(conn: Connection, job_id: UUID) -> JobState:
    """Ask a job to stop: at once while it waits, at its next step while it runs; raises NotFound."""
    await conn.execute(
        "update jobs set cancel_wanted = true,"
        " state = case state when 'queued' then 'cancelled' else state end,"
        " finished_at = case state when 'queued' then now() else finished_at end"
        " where id = $1 and state in ('queued', 'running')",
        job_id,
    )
    return await job_state(conn, job_id)
