"""Jobs: progress, cancel, and resumption after the process that ran them is gone."""

import asyncio
from uuid import UUID

import pytest

from leadlight.kit.db import Database
from leadlight.kit.errors import NotFound
from leadlight.kit.jobs import Job, Jobs, JobState, JobTaken, cancel_job, enqueue, job_state

Runner = Jobs[None]


@pytest.fixture
def runner(database: Database) -> Runner:
    return Jobs(database)


async def _enqueue(database: Database, kind: str = "count", **arguments: object) -> UUID:
    async with database.transaction() as conn:
        return await enqueue(conn, kind, arguments)


async def _state(database: Database, job_id: UUID) -> JobState:
    async with database.connection() as conn:
        return await job_state(conn, job_id)


async def _count(job: Job, _: None) -> object:
    for done in range(job.done, 3):
        await job.progress(done + 1, 3, "counting")
    return {"counted": job.done, "to": job.arguments["to"]}


async def test_job_runs_to_its_result(database: Database, runner: Runner) -> None:
    runner.register("count", _count)
    job_id = await _enqueue(database, to=3)
    assert await runner.run_next(None)
    state = await _state(database, job_id)
    assert (state.state, state.done, state.total, state.step) == ("done", 3, 3, "counting")
    assert state.result == '{"counted":3,"to":3}'
    assert not await runner.run_next(None)


async def test_failed_job_says_why(database: Database, runner: Runner) -> None:
    async def fail(job: Job, _: None) -> None:
        raise ValueError("no such model")

    runner.register("count", fail)
    job_id = await _enqueue(database)
    await runner.run_next(None)
    assert (await _state(database, job_id)).error == "ValueError: no such model"


async def test_waiting_job_is_cancelled_at_once(database: Database, runner: Runner) -> None:
    job_id = await _enqueue(database)
    async with database.transaction() as conn:
        assert (await cancel_job(conn, job_id)).state == "cancelled"


async def test_running_job_is_cancelled_at_next_step(database: Database, runner: Runner) -> None:
    async def cancel_myself(job: Job, _: None) -> None:
        async with database.transaction() as conn:
            await cancel_job(conn, job.id)
        await job.progress(1, 2, "never reached")
        raise AssertionError

    runner.register("count", cancel_myself)
    job_id = await _enqueue(database)
    await runner.run_next(None)
    assert (await _state(database, job_id)).state == "cancelled"


async def _abandon(database: Database, runner: Runner) -> None:
    """As if the process that claimed the job had been killed a while ago."""
    assert await runner._claim()
    async with database.connection() as conn:
        await conn.execute("update jobs set done = 2, heartbeat_at = now() - interval '1 minute'")


async def test_job_of_killed_process_is_resumed(database: Database, runner: Runner) -> None:
    runner.register("count", _count)
    job_id = await _enqueue(database, to=3)
    await _abandon(database, runner)
    assert await runner.run_next(None)
    assert (await _state(database, job_id)).state == "done"


async def test_running_job_is_not_taken_twice(database: Database, runner: Runner) -> None:
    runner.register("count", _count)
    await _enqueue(database, to=3)
    assert await runner._claim()
    assert not await runner.run_next(None)


async def test_late_process_cannot_write_over_successor(database: Database, runner: Runner) -> None:
    runner.register("count", _count)
    await _enqueue(database, to=3)
    first = await runner._claim()
    assert first
    async with database.connection() as conn:
        await conn.execute("update jobs set heartbeat_at = now() - interval '1 minute'")
    assert await runner._claim()
    with pytest.raises(JobTaken):
        await Job(database, first).progress(1, 3, "late")


async def test_job_that_kills_its_process_is_given_up(database: Database, runner: Runner) -> None:
    runner.register("count", _count)
    job_id = await _enqueue(database, to=3)
    for _ in range(5):
        await _abandon(database, runner)
    assert not await runner.run_next(None)
    assert (await _state(database, job_id)).state == "failed"


async def test_stopping_gives_the_job_back(database: Database, runner: Runner) -> None:
    started = asyncio.Event()

    async def wait(job: Job, _: None) -> None:
        started.set()
        await asyncio.sleep(60)

    runner.register("count", wait)
    job_id = await _enqueue(database)
    stop = asyncio.Event()
    running = asyncio.create_task(runner.run_until(stop, None))
    await started.wait()
    stop.set()
    await running
    assert (await _state(database, job_id)).state == "queued"


async def test_unknown_job_is_not_found(database: Database, runner: Runner) -> None:
    with pytest.raises(NotFound):
        await _state(database, UUID(int=1))
