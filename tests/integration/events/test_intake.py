"""Group commit: one transaction for many requests, and an answer only after it."""

import asyncio

import asyncpg
import pytest

from leadlight import events
from leadlight.events import DropReason, Intake, Overloaded
from leadlight.kit.errors import Unavailable
from tests.factories.events import incoming


async def test_concurrent_requests_share_transactions(database) -> None:
    intake = Intake(database)
    await asyncio.gather(*(intake.accept([incoming(), incoming()]) for _ in range(200)))
    async with database.connection() as conn:
        rows, transactions = await conn.fetchrow("select count(*), count(distinct xmin::text) from intake")
    assert rows == 400
    assert transactions <= 5


async def test_answer_comes_after_the_commit(database) -> None:
    async with database.connection() as other:
        await Intake(database).accept([incoming()])
        assert await other.fetchval("select count(*) from intake") == 1


async def test_workers_are_woken(database) -> None:
    rung = asyncio.Event()

    def hear(*_: object) -> None:
        rung.set()

    async with database.connection() as listener:
        await listener.add_listener(events.CHANNEL, hear)
        await Intake(database).accept([incoming()])
        await asyncio.wait_for(rung.wait(), 5)
        await listener.remove_listener(events.CHANNEL, hear)


async def test_full_buffer_is_refused_and_stores_nothing(database) -> None:
    intake = Intake(database, buffer_bytes=2000)
    results = await asyncio.gather(*(intake.accept([incoming()]) for _ in range(50)), return_exceptions=True)
    accepted = sum(result is None for result in results)
    assert {type(result) for result in results} == {type(None), Overloaded}
    async with database.connection() as conn:
        assert await conn.fetchval("select count(*) from intake") == accepted
    await intake.accept([incoming()])  # room again


async def test_killed_connection_is_unavailable_then_recovers(database) -> None:
    intake = Intake(database)
    async with database.connection() as watcher, database.transaction() as blocker:
        await blocker.execute("lock table intake")
        waiting = [asyncio.create_task(intake.accept([incoming()])) for _ in range(3)]
        while not (pid := await watcher.fetchval(_WAITER)):  # noqa: ASYNC110 - another process does it
            await asyncio.sleep(0.01)
        late = asyncio.create_task(intake.accept([incoming()]))
        await asyncio.sleep(0)
        await watcher.execute("select pg_terminate_backend($1)", pid)
        results = await asyncio.gather(*waiting, late, return_exceptions=True)
    assert {type(result) for result in results} <= {Unavailable, type(None)}
    assert isinstance(results[0], Unavailable)
    await intake.accept([incoming()])
    async with database.connection() as conn:
        stored = await conn.fetchval("select count(*) from intake")
    assert stored == 1 + sum(result is None for result in results)


_WAITER = "select pid from pg_stat_activity where wait_event_type = 'Lock' and query ilike 'copy%'"


async def test_client_that_goes_away_harms_nobody(database) -> None:
    intake = Intake(database)
    gone = asyncio.create_task(intake.accept([incoming()]))
    stays = asyncio.create_task(intake.accept([incoming()]))
    await asyncio.sleep(0)
    gone.cancel()
    await stays
    async with database.connection() as conn:
        assert await conn.fetchval("select count(*) from intake") == 2


async def test_drops_are_written_on_close(database) -> None:
    intake = Intake(database)
    intake.drop(20_000, "site", DropReason.NO_NAME, 2)
    intake.drop(20_000, "site", DropReason.NO_NAME)
    await intake.close()
    async with database.connection() as conn:
        assert [one.count for one in await events.list_drops(conn)] == [3]


async def test_constraint_holds_for_shards(database) -> None:
    async with database.connection() as conn:
        with pytest.raises(asyncpg.NotNullViolationError):
            await conn.execute("insert into intake (body) values ('x')")
