"""The promises under kill -9, and that the harness notices when one is broken."""

import asyncio
import os
import shutil
import signal
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp

import asyncpg
import pytest

from leadlight.kit.postgres import EmbeddedPostgres
from tests.chaos import story
from tests.chaos.client import Sender
from tests.chaos.receiver import Receiver
from tests.chaos.server import Victim
from tests.factories.processes import wait_for

pytestmark = [pytest.mark.chaos, pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture
def data_dir():
    directory = Path(mkdtemp(prefix="leadlight-chaos-"))
    yield directory / "data"
    shutil.rmtree(directory, ignore_errors=True)


def test_nothing_lost_nothing_doubled(data_dir: Path) -> None:
    report = story.run(data_dir, kills=12, seed=7)
    print(report)
    assert report.wrong == []


def test_without_message_ids_the_harness_goes_red(data_dir: Path) -> None:
    report = story.run(data_dir, kills=8, seed=3, is_idempotent=False)
    print(report)
    assert any("stored twice" in wrong for wrong in report.wrong)


def test_without_synchronous_commit_events_are_lost(data_dir: Path) -> None:
    receiver = Receiver()
    victim = Victim(data_dir, receiver.url)
    asyncio.run(_stop_waiting_for_disk(data_dir))
    worker = wait_for(lambda: victim.serving.child("worker"), "a worker")
    os.kill(worker, signal.SIGSTOP)  # so that what is accepted stays in the intake
    sender = Sender(victim.url, victim.write_key, 5)
    sender.start()
    wait_for(lambda: len(sender.acknowledged) >= 200, "acknowledged events")
    sender.finish()
    victim.kill()
    receiver.close()
    assert asyncio.run(_count_intake(data_dir)) < len(sender.acknowledged)


async def _stop_waiting_for_disk(data_dir: Path) -> None:
    async with _connected(data_dir) as conn:
        await conn.execute("alter system set synchronous_commit = off")
        await conn.execute("alter system set wal_writer_delay = '10s'")
        await conn.execute("select pg_reload_conf()")


async def _count_intake(data_dir: Path) -> int:
    async with _connected(data_dir) as conn:
        return await conn.fetchval("select count(*) from intake")


@asynccontextmanager
async def _connected(data_dir: Path):
    server = await asyncio.to_thread(EmbeddedPostgres.attach, data_dir)
    conn = None
    while conn is None:
        with suppress(asyncpg.CannotConnectNowError):
            conn = await asyncpg.connect(server.url())
    try:
        yield conn
    finally:
        await conn.close()
        await asyncio.to_thread(server.detach)
