"""Group commit: events of many requests enter the database by one COPY, and each request is answered after its commit."""

import asyncio
import struct
import time
import zlib
from collections import Counter
from collections.abc import AsyncIterator, Iterable

import asyncpg
import structlog

from leadlight.events.drops import DropReason, add_drops
from leadlight.events.model import Incoming
from leadlight.events.store import SHARDS, encode_body
from leadlight.kit.db import AWAY, Connection, Database
from leadlight.kit.errors import LeadlightError, Unavailable

CHANNEL = "intake"
BUFFER_BYTES = 32 * 1024 * 1024
MOST_WAITING = 2000
COMMIT_SECONDS = 20.0
NOTIFY_EVERY_SECONDS = 0.01
DROPS_EVERY_SECONDS = 1.0

_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER = b"\xff\xff"
_pack_row = struct.Struct(">hihi").pack

log = structlog.get_logger()


class Overloaded(LeadlightError):
    """More events arrive than can be stored right now. Send them again after the time in Retry-After."""

    code = "overloaded"
    status = 429


class _Group:
    """Rows that will be committed together, and the answer to all who wait for it."""

    def __init__(self) -> None:
        self.rows: list[bytes] = []
        self.size = 0
        self.waiting = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()


class Intake:
    """The door of one process. Nothing runs while nobody waits."""

    def __init__(self, db: Database, buffer_bytes: int = BUFFER_BYTES) -> None:
        self._db = db
        self._buffer_bytes = buffer_bytes
        self._next: _Group | None = None
        self._held_bytes = 0
        self._waiting = 0
        self._writer: asyncio.Task[None] | None = None
        self._drops: Counter[tuple[int, str, DropReason]] = Counter()
        self._drop_writer: asyncio.Task[None] | None = None

    async def accept(self, events: Iterable[Incoming]) -> None:
        """Return when all `events` are committed; raises Overloaded, and Unavailable when the database is away."""
        rows = [_row(event) for event in events]
        size = sum(map(len, rows))
        if self._held_bytes + size > self._buffer_bytes or self._waiting >= MOST_WAITING:
            raise Overloaded(f"{self._waiting} requests and {self._held_bytes} bytes wait to be stored")
        if not rows:
            return
        group = self._next = self._next or _Group()
        group.rows += rows
        group.size += size
        group.waiting += 1
        self._held_bytes += size
        self._waiting += 1
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        await asyncio.shield(group.done)

    def drop(self, day: int, source: str, reason: DropReason, count: int = 1) -> None:
        """Count refused events; written within about a second."""
        self._drops[day, source, reason] += count
        if self._drop_writer is None or self._drop_writer.done():
            self._drop_writer = asyncio.create_task(self._write_drops(DROPS_EVERY_SECONDS))

    async def close(self) -> None:
        """Wait for what is being written."""
        if self._writer:
            await self._writer
        if self._drop_writer:
            self._drop_writer.cancel()
            await asyncio.gather(self._drop_writer, return_exceptions=True)
        await self._write_drops(0)

    async def _write(self) -> None:
        while self._next:
            await self._write_while_any()

    async def _write_while_any(self) -> None:
        try:
            async with self._db.connection() as conn:
                await self._write_groups(conn)
        except Unavailable as error:
            self._answer(self._take_group(), error)
        except Exception as error:  # noqa: BLE001 - whatever it is, those who wait are told, and nothing was stored
            log.warning("intake_commit_failed", error=repr(error))
            self._answer(self._take_group(), Unavailable("the database could not store the events"))

    async def _write_groups(self, conn: Connection) -> None:
        notified = 0.0
        while group := self._take_group():
            try:
                await _copy(conn, group.rows)
            except BaseException:
                self._answer(group, Unavailable("the database could not store the events"))
                raise
            self._answer(group, None)
            if self._next is None or time.monotonic() - notified > NOTIFY_EVERY_SECONDS:
                await conn.execute(f"notify {CHANNEL}")
                notified = time.monotonic()

    def _take_group(self) -> _Group | None:
        group, self._next = self._next, None
        return group

    def _answer(self, group: _Group | None, error: Exception | None) -> None:
        if group is None:
            return
        self._held_bytes -= group.size
        self._waiting -= group.waiting
        if error is None:
            group.done.set_result(None)
        else:
            group.done.set_exception(error)
            group.done.exception()  # counts as seen when every client has gone away meanwhile

    async def _write_drops(self, delay_seconds: float) -> None:
        await asyncio.sleep(delay_seconds)
        drops, self._drops = self._drops, Counter()
        try:
            async with self._db.transaction() as conn:
                await add_drops(conn, drops)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, Unavailable, *AWAY) as error:
            log.warning("drops_not_counted", error=repr(error))
            self._drops.update(drops)


def shard_of(event: Incoming) -> int:
    """The shard that keeps the events of one browser or person in order of arrival."""
    key = event.anonymous_id or event.user_id or event.email or event.group_id or event.previous_id or ""
    return zlib.crc32(key.encode()) % SHARDS


def _row(event: Incoming) -> bytes:
    body = encode_body(event)
    return _pack_row(2, 2, shard_of(event), len(body)) + body


async def _copy(conn: Connection, rows: list[bytes]) -> None:
    async def payload() -> AsyncIterator[bytes]:
        yield _HEADER + b"".join(rows) + _TRAILER

    await conn.copy_to_table(
        CHANNEL, source=payload(), columns=("shard", "body"), format="binary", timeout=COMMIT_SECONDS
    )
