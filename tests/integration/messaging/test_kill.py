"""kill -9 of the delivering process in the middle of a message."""

import asyncio
import sys
from pathlib import Path

from leadlight.kit.config import Settings
from leadlight.kit.db import Database
from leadlight.messaging import Bounds, Deliverer, Message, Webhook, enqueue
from tests.factories.messaging import Outbox, Receiver, StandingClock, outbox, receiver
from tests.integration.messaging.worker_process import OnceChannel

WORKER = Path(__file__).with_name("worker_process.py")
LEASE_S = 0.2


async def kill_in_the_middle(settings: Settings, crm: Receiver, channel: str, seen: int) -> None:
    """Start a worker, wait until the receiver has seen so many requests of which the last is unanswered, kill it."""
    worker = await asyncio.create_subprocess_exec(sys.executable, WORKER, settings.database_url, channel, crm.url)
    async with asyncio.timeout(30):
        while len(crm.requests) < seen:
            assert worker.returncode is None
            await asyncio.sleep(0.01)
    worker.kill()
    await worker.wait()
    await asyncio.sleep(LEASE_S * 1.5)


async def test_a_webhook_cut_off_arrives_with_the_same_id(database: Database, settings: Settings):
    async with receiver() as crm:
        crm.delay_s = 60
        async with outbox(database, Webhook("crm", crm.url), lease_s=LEASE_S) as box:
            await box.send("first")
            await kill_in_the_middle(settings, crm, "webhook", seen=1)
            assert await box.states() == {"first": "handing"}
            crm.delay_s = 0
            assert await box.deliverer.drain() == 1
    assert len(crm.ids) == 2
    assert len(set(crm.ids)) == 1
    assert await box.states() == {"first": "accepted"}


async def test_many_kills_lose_nothing_and_invent_no_id(database: Database, settings: Settings):
    async with receiver() as crm, outbox(database, Webhook("crm", crm.url), lease_s=LEASE_S) as box:
        sent = [message.id.hex for message in await box.send(*map(str, range(40)))]
        for _ in range(4):
            crm.delay_s = 0.05
            await kill_in_the_middle(settings, crm, "webhook", seen=len(crm.requests) + 5)
            await _forget_leases(box)
        await box.deliverer.drain()
    assert {f"msg_{name}" for name in sent} == set(crm.ids)
    assert set((await box.states()).values()) == {"accepted"}


async def test_a_message_that_must_not_double_is_left_in_doubt(database: Database, settings: Settings):
    async with receiver() as crm:
        crm.delay_s = 60
        async with database.transaction() as conn:
            await enqueue(conn, [Message("once", "someone", "welcome", "{}")], StandingClock().at_us)
        await kill_in_the_middle(settings, crm, "once", seen=1)
        survivor = Deliverer(database, StandingClock(), [OnceChannel(crm.url)], Bounds(lease_s=LEASE_S))
        assert await survivor.drain() == 0
    async with database.connection() as conn:
        assert await conn.fetchval("select state from outbox") == "in_doubt"
    assert len(crm.requests) == 1


async def _forget_leases(box: Outbox) -> None:
    """The next worker is a process with the usual lease: let it see at once what the last one left."""
    async with box.db.transaction() as conn:
        await conn.execute("update outbox set claimed_at = now() - interval '1 hour' where claimed_at is not null")
