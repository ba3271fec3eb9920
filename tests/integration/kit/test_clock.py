"""The clock for tests stands still until it is moved, and never goes back."""

import time
from dataclasses import replace

from leadlight.app import App
from leadlight.kit.clock import DatabaseClock, SystemClock, read_clock
from leadlight.kit.config import Settings
from leadlight.kit.db import Database


async def test_system_clock_is_the_machine(app: App) -> None:
    assert isinstance(app.clock, SystemClock)
    async with app.db.connection() as conn:
        assert abs(await app.clock.now_us(conn) - time.time_ns() // 1000) < 1_000_000


async def test_database_clock_moves_only_forward(settings: Settings, database: Database) -> None:
    app = await App.on(replace(settings, test_clock="2026-01-01T00:00:00+01:00"), database)
    assert isinstance(app.clock, DatabaseClock)
    async with database.connection() as conn:
        start = await app.clock.now_us(conn)
        assert start == 1_767_222_000_000_000
        await app.clock.move(conn, start + 5)
        await app.clock.move(conn, start)
        assert await app.clock.now_us(conn) == start + 5
        await app.clock.start(conn, start)
        assert await app.clock.now_us(conn) == start + 5
    await app.close()


async def test_every_process_lives_by_the_clock_for_tests(settings: Settings, database: Database) -> None:
    async with database.transaction() as conn:
        await DatabaseClock().start(conn, 1_767_222_000_000_000)
    beside = await App.on(settings, database)
    assert await read_clock(beside.clock, database) == 1_767_222_000_000_000
    async with database.transaction() as conn:
        await DatabaseClock().end(conn)
    assert isinstance((await App.on(settings, database)).clock, SystemClock)
