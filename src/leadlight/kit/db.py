"""The database: one pool of asyncpg connections, transactions, and SQLAlchemy Core rendered for them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeAlias

import asyncpg
from sqlalchemy import MetaData
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.sql.expression import ClauseElement

from leadlight.kit.config import Settings
from leadlight.kit.errors import LeadlightError, Unavailable
from leadlight.kit.postgres import EmbeddedPostgres

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    Connection: TypeAlias = asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]
    Pool: TypeAlias = asyncpg.Pool[asyncpg.Record]
else:
    Connection = asyncpg.Connection
    Pool = asyncpg.Pool

OLDEST_SERVER = 150_000
START_SECONDS = 60.0
ACQUIRE_SECONDS = 10.0
# What a server refuses or drops a connection with while it starts, recovers from a crash or goes away.
AWAY = (
    OSError,
    asyncpg.CannotConnectNowError,
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
)

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_name)s_fkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ix": "%(table_name)s_%(column_0_N_name)s",
        "ck": "%(table_name)s_%(constraint_name)s_check",
    }
)


class ServerTooOld(LeadlightError):
    """The PostgreSQL server is older than 15. Upgrade it, or unset LEADLIGHT_DATABASE_URL for the embedded one."""

    code = "server_too_old"


class UnsafeServer(LeadlightError):
    """The PostgreSQL server may lose what it acknowledged. Turn the settings named on, reload it, and start again."""

    code = "unsafe_server"


class Database:
    """Connections of one process; open with `Database.open`."""

    def __init__(self, url: str, pool: Pool, server: EmbeddedPostgres | None) -> None:
        self.url = url
        self.pool = pool
        self.server = server

    @classmethod
    async def open(cls, settings: Settings) -> "Database":
        """Connect, starting the embedded server when no URL is set.

        Raises ServerTooOld, UnsafeServer, and Unavailable when nothing answers for a minute.
        """
        server = None if settings.database_url else await asyncio.to_thread(EmbeddedPostgres.attach, settings.data_dir)
        url = server.url() if server else settings.database_url
        try:
            pool = await _open_pool(url, settings.database_connections)
            async with pool.acquire() as conn:
                await refuse_unsafe(conn)
        except BaseException:
            if server:
                await asyncio.to_thread(server.detach)
            raise
        return cls(url, pool, server)

    async def close(self) -> None:
        """Give back all connections; stops the embedded server when nobody else uses it."""
        try:
            await asyncio.wait_for(self.pool.close(), 10)
        except (TimeoutError, *AWAY):
            self.pool.terminate()
        if self.server:
            await asyncio.to_thread(self.server.detach)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection outside a transaction; raises Unavailable when the server stays away."""
        conn = await self._acquire()
        try:
            yield conn
        except asyncpg.InternalClientError as error:  # the server went away between two statements
            conn.terminate()
            raise Unavailable(f"the connection to the database broke: {error}") from error
        finally:
            await self._release(conn)

    @asynccontextmanager
    async def transaction(self, **options: Any) -> AsyncIterator[Connection]:
        """A transaction, committed unless the body raises; `options` as for asyncpg's `transaction`."""
        async with self.connection() as conn, conn.transaction(**options):
            yield conn

    async def _acquire(self) -> "PoolConnectionProxy[asyncpg.Record]":
        deadline = asyncio.get_running_loop().time() + ACQUIRE_SECONDS
        while True:
            try:
                return await self.pool.acquire(timeout=ACQUIRE_SECONDS)
            except (*AWAY, TimeoutError) as error:
                if asyncio.get_running_loop().time() > deadline:
                    raise Unavailable(f"the database does not answer: {error}") from error
                await self._revive()
                await asyncio.sleep(0.1)

    async def _release(self, conn: "PoolConnectionProxy[asyncpg.Record]") -> None:
        # The pool itself drops a connection that broke; what the caller did with it has succeeded or failed before.
        with suppress(*AWAY, asyncpg.InterfaceError, asyncpg.InternalClientError):
            await self.pool.release(conn)

    async def _revive(self) -> None:
        if self.server:
            await asyncio.to_thread(self.server.ensure_running)


async def _open_pool(url: str, connections: int) -> Pool:
    deadline = asyncio.get_running_loop().time() + START_SECONDS
    while True:
        try:
            return await asyncpg.create_pool(
                url,
                min_size=1,
                max_size=connections,
                server_settings={"application_name": "leadlight", "jit": "off", "timezone": "UTC"},
            )
        except AWAY as error:
            if asyncio.get_running_loop().time() > deadline:
                raise Unavailable(f"the database does not answer: {error}") from error
            await asyncio.sleep(0.1)


async def refuse_unsafe(conn: Connection) -> None:
    """Raise when the server is too old or its settings may lose acknowledged rows in a crash."""
    version = int(await conn.fetchval("show server_version_num"))
    if version < OLDEST_SERVER:
        raise ServerTooOld(f"found PostgreSQL {version // 10_000}, expected 15 or newer; {_remedy(ServerTooOld)}")
    rows = await conn.fetch(
        "select name from pg_settings where setting = 'off'"
        " and name in ('fsync', 'synchronous_commit', 'full_page_writes') order by name"
    )
    if rows:
        names = ", ".join(row["name"] for row in rows)
        change = " ".join(f"alter system set {row['name']} = on;" for row in rows)
        raise UnsafeServer(
            f"{names} off: a crash would lose acknowledged events; run: {change} select pg_reload_conf()"
        )


def _remedy(error: type[LeadlightError]) -> str:
    return (error.__doc__ or "").split(". ", 1)[-1].strip()


_DIALECT = PGDialect_asyncpg()  # type: ignore[no-untyped-call]


def render(statement: ClauseElement) -> tuple[str, list[Any]]:
    """SQL text with `$1` placeholders and its arguments, for asyncpg, of a SQLAlchemy Core statement."""
    compiled = statement.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
    values = compiled.construct_params() or {}
    names: list[str] = getattr(compiled, "positiontup", None) or []
    return str(compiled), [values[name] for name in names]
