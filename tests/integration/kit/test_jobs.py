"""Jobs: progress, cancel, and resumption after the process that ran them is gone."""

import asyncio
from uuid import UUID

import pytest

from leadlight.app import App
from leadlight.kit.errors import NotFound
from leadlight.kit.jobs import Job, JobState, JobTaken, cancel_job, enqueue, job_state


async def _enqueue(app: App, kind: str = "count", **arguments: object) -> UUID:
    async with app.db.transaction() as conn:
        return await enqueue(conn, kind, arguments)


async def _state(app: App, job_id: UUID) -> JobState:
    async with app.db.connection() as conn:
        return await job_state(conn, job_id)


async def _count(job: Job, app: App) -> object:
    for done in range(job.done, 3):
        await job.progress(done + 1, 3, "counting")
    return {"counted": job.done, "to": job.arguments["to"]}


async def test_job_runs_to_its_result(app: App) -> None:
    app.jobs.register("count", _count)
    job_id = await _enqueue(app, to=3)
    assert await app.jobs.run_next(app)
    state = await _state(app, job_id)
    assert (state.state, state.done, state.total, state.step) == ("done", 3, 3, "counting")
    assert state.result == '{"counted":3,"to":3}'
    assert not await app.jobs.run_next(app)


async def test_failed_job_says_why(app: App) -> None:
    async def fail(job: Job, app: App) -> None:
        raise ValueError("no such model")

    app.jobs.register("count", fail)
    job_id = await _enqueue(app)
    await app.jobs.run_next(app)
    assert (await _state(app, job_id)).error == "ValueError: no such model"


async def test_waiting_job_is_cancelled_at_once(app: App) -> None:
    job_id = await _enqueue(app)
    async with app.db.transaction() as conn:
        assert (await cancel_job(conn, job_id)).state == "cancelled"


async def test_running_job_is_cancelled_at_next_step(app: App) -> None:
    async def cancel_myself(job: Job, app: App) -> None:
        async with app.db.transaction() as conn:
            await cancel_job(conn, job.id)
        await job.progress(1, 2, "never reached")
        raise AssertionError

    app.jobs.register("count", cancel_myself)
    job_id = await _enqueue(app)
    await app.jobs.run_next(app)
    assert (await _state(app, job_id)).state == "cancelled"


async def _abandon(app: App) -> None:
    """As if the process that claimed the job had been killed a while ago."""
    assert await app.jobs._claim()
    async with app.db.connection() as conn:
        await conn.execute("update jobs set done = 2, heartbeat_at = now() - interval '1 minute'")


async def test_job_of_killed_process_is_resumed(app: App) -> None:
    app.jobs.register("count", _count)
    job_id = await _enqueue(app, to=3)
    await _abandon(app)
    assert await app.jobs.run_next(app)
    assert (await _state(app, job_id)).state == "done"


async def test_running_job_is_not_taken_twice(app: App) -> None:
    app.jobs.register("count", _count)
    await _enqueue(app, to=3)
    assert await app.jobs._claim()
    assert not await app.jobs.run_next(app)


async def test_late_process_cannot_write_over_successor(app: App) -> None:
    app.jobs.register("count", _count)
    await _enqueue(app, to=3)
    first = await app.jobs._claim()
    async with app.db.connection() as conn:
        await conn.execute("update jobs set heartbeat_at = now() - interval '1 minute'")
    assert await app.jobs._claim()
    with pytest.raises(JobTaken):
        await Job(app.db, first).progress(1, 3, "late")


async def test_job_that_kills_its_process_is_given_up(app: App) -> None:
    app.jobs.register("count", _count)
    job_id = await _enqueue(app, to=3)
    for _ in range(5):
        await _abandon(app)
    assert not await app.jobs.run_next(app)
    assert (await _state(app, job_id)).state == "failed"


async def test_stopping_gives_the_job_back(app: App) -> None:
    started = asyncio.Event()

    async def wait(job: Job, app: App) -> None:
        started.set()
        await asyncio.sleep(60)

    app.jobs.register("count", wait)
    job_id = await _enqueue(app)
    stop = asyncio.Event()
    running = asyncio.create_task(app.jobs.run_until(stop, app))
    await started.wait()
    stop.set()
    await running
    assert (await _state(app, job_id)).state == "queued"


async def test_unknown_job_is_not_found(app: App) -> None:
    with pytest.raises(NotFound):
        await _state(app, UUID(int=1))
