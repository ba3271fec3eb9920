"""What time it is: of the machine, or of a row that stands still until a test moves it."""

import time
from typing import Protocol

from leadlight.kit.days import from_us, to_us
from leadlight.kit.db import Connection, Database


class Clock(Protocol):
    """Asked inside the transaction that needs the time, so that all it does happens at one moment."""

    async def now_us(self, conn: Connection) -> int:
        """Microseconds since 1970 UTC."""
        ...


class SystemClock:
    """The machine's clock; costs no query."""

    async def now_us(self, conn: Connection) -> int:  # noqa: ARG002 - asked like every Clock
        """Microseconds since 1970 UTC; `conn` is not used."""
        return machine_us()


class DatabaseClock:
    """The one row of `test_clock`, the same for all processes; for --test-clock only."""

    async def now_us(self, conn: Connection) -> int:
        """Where the clock stands."""
        return to_us(await conn.fetchval("select now from test_clock"))

    async def start(self, conn: Connection, at_us: int) -> None:
        """Set the clock unless it was set before, so that a restart does not turn it back."""
        await conn.execute("insert into test_clock (now) values ($1) on conflict do nothing", from_us(at_us))

    async def is_set(self, conn: Connection) -> bool:
        """Whether this database lives by a clock for tests."""
        return bool(await conn.fetchval("select exists (select from test_clock)"))

    async def end(self, conn: Connection) -> None:
        """Give the database back to the machine's clock."""
        await conn.execute("delete from test_clock")

    async def move(self, conn: Connection, at_us: int) -> None:
        """Set the clock to a later moment; an earlier one is ignored."""
        await conn.execute("update test_clock set now = greatest(now, $1)", from_us(at_us))


def machine_us() -> int:
    """Microseconds since 1970 UTC by the machine's clock."""
    return time.time_ns() // 1000


async def read_clock(clock: Clock, db: Database) -> int:
    """The time where there is no transaction; takes a connection only when the clock is kept in the database."""
    if isinstance(clock, SystemClock):
        return machine_us()
    async with db.connection() as conn:
        return await clock.now_us(conn)
