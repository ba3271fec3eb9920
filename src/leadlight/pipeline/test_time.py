"""Time under a clock for tests: it stands still, and moves from one thing that falls due to the next."""

import asyncio

from leadlight import events, messaging
from leadlight.kit.clock import DatabaseClock
from leadlight.kit.days import SECOND_US
from leadlight.kit.errors import LeadlightError
from leadlight.pipeline import due
from leadlight.pipeline.engine import Engine

PATIENCE_SECONDS = 540.0
GLANCE_SECONDS = 0.01


class NoTestClock(LeadlightError):
    """The clock of this server cannot be moved. Start it with --test-clock."""

    code = "no_test_clock"
    status = 403


async def advance(engine: Engine, deliverer: messaging.Deliverer, seconds: float) -> int:
    """Move the clock on, running everything that falls due in order; returns where it stands. Raises NoTestClock."""
    clock = engine.clock
    if not isinstance(clock, DatabaseClock):
        raise NoTestClock
    async with engine.db.connection() as conn:
        target_us = await clock.now_us(conn) + round(seconds * SECOND_US)
    moment_us: int | None = None
    while True:
        await settle(engine, deliverer)
        async with engine.db.transaction() as conn:
            reasons = (await engine.generations.look(conn)).reasons
            moments = [await due.next_us(conn, reasons), await messaging.next_due_us(conn)]
            moment_us = min([target_us, *(moment for moment in moments if moment is not None)])
            await clock.move(conn, moment_us)
        if moment_us == target_us:
            await settle(engine, deliverer)
            return target_us


async def settle(engine: Engine, deliverer: messaging.Deliverer) -> None:
    """Return when nothing waits: no event in the intake, no moment that has come, no message due. Raises NoTestClock."""
    if not isinstance(engine.clock, DatabaseClock):
        raise NoTestClock
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await _work_once(engine, deliverer):
            pass


async def _work_once(engine: Engine, deliverer: messaging.Deliverer) -> bool:
    """Do what waits; whether anything did, here or in the hands of another process."""
    if await engine.process_waiting() + await engine.pass_time() + await deliverer.drain():
        return True
    async with engine.db.connection() as conn:
        now_us = await engine.clock.now_us(conn)
        message_us = await messaging.next_due_us(conn)
        waits = bool(
            await events.are_waiting(conn)
            or await due.fallen(conn, (await engine.generations.look(conn)).reasons, now_us, 1)
            or (message_us is not None and message_us <= now_us)
            or await messaging.are_in_hand(conn)
        )
    if waits:
        await asyncio.sleep(GLANCE_SECONDS)
    return waits
