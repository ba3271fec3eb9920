"""Wakes a loop when another process says that there is work."""

import asyncio

import asyncpg
import structlog

from leadlight.kit.db import AWAY, Connection, Database
from leadlight.kit.errors import LeadlightError

log = structlog.get_logger()
CHECK_SECONDS = 5.0


class Bell:
    """Rings on NOTIFY of one channel. A missed ring costs at most a loop's rest, never work."""

    def __init__(self, db: Database, channel: str) -> None:
        self._db = db
        self._channel = channel
        self._rung = asyncio.Event()

    async def wait(self) -> None:
        """Return at the next ring, or at once when it has rung since the last wait."""
        await self._rung.wait()
        self._rung.clear()

    async def listen(self, stop: asyncio.Event) -> None:
        """Hold a listening connection until `stop`, opening it again when the database went away."""
        while not stop.is_set():
            try:
                async with self._db.connection() as conn:
                    await conn.add_listener(self._channel, self._ring)
                    await self._hold(conn, stop)
                    await conn.remove_listener(self._channel, self._ring)
            except (*AWAY, asyncpg.InterfaceError, LeadlightError) as error:
                log.warning("bell_lost", error=repr(error))
                await asyncio.sleep(1)

    def _ring(self, *_: object) -> None:
        self._rung.set()

    async def _hold(self, conn: Connection, stop: asyncio.Event) -> None:
        while not stop.is_set() and not conn.is_closed():
            await asyncio.wait([asyncio.create_task(stop.wait())], timeout=CHECK_SECONDS)
