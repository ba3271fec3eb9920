"""One embedded server per run, one fresh database per test, and the application on it."""

import asyncio
import contextlib
import fcntl
import shutil
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from uuid import uuid4

import asyncpg
import httpx2
import hypothesis
import pytest
from hypothesis import HealthCheck

from leadlight.app import App
from leadlight.kit.config import Settings
from leadlight.kit.db import Database
from leadlight.kit.postgres import EmbeddedPostgres
from leadlight.migrations import migrate

TEMPLATE = "leadlight_template"

# How fast examples come depends on the machine, and is no property of what is tested.
hypothesis.settings.register_profile("leadlight", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis.settings.load_profile("leadlight")
LEFT_OVER_SECONDS = 600


@pytest.fixture(scope="session")
def server(run_dir: Path) -> Iterator[EmbeddedPostgres]:
    """The server of this run, shared by all pytest processes; holds the migrated template database."""
    embedded = EmbeddedPostgres.attach(run_dir)
    asyncio.run(_make_template(embedded))
    yield embedded
    embedded.detach()
    if not embedded.is_running():
        shutil.rmtree(run_dir, ignore_errors=True)


@pytest.fixture(scope="session")
def run_dir(testrun_uid: str) -> Path:
    """Directory of the run, in memory where there is room: an fsync costs nothing there."""
    memory = Path("/dev/shm")
    root = memory if memory.is_dir() else Path(gettempdir())
    _remove_left_overs(root)
    return root / f"leadlight-test-{testrun_uid[:12]}"


def _remove_left_overs(root: Path) -> None:
    """Directories of runs that were killed: nobody holds their server, which ends by itself when its files are gone."""
    for directory in root.glob("leadlight-test-*"):
        users = directory / "postgres.users"
        with contextlib.suppress(OSError), users.open() as file:
            if time.time() - users.stat().st_mtime > LEFT_OVER_SECONDS:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def server_dir() -> Iterator[Path]:
    """An empty directory for a server of its own; pytest's are closed to other users whenever another run begins."""
    with TemporaryDirectory(prefix="leadlight-", ignore_cleanup_errors=True) as made:
        yield Path(made)


@pytest.fixture
def settings(tmp_path: Path, server: EmbeddedPostgres) -> Settings:
    """Settings of a workspace of its own: its database does not exist before `database` makes it."""
    return Settings(data_dir=tmp_path, database_url=server.url(f"t{uuid4().hex}"), database_connections=5)


@pytest.fixture
async def database(settings: Settings, server: EmbeddedPostgres) -> AsyncIterator[Database]:
    """A fresh database with the full schema and a workspace in UTC."""
    name = settings.database_url.split("/")[3].split("?")[0]
    await _as_admin(server, f"create database {name} template {TEMPLATE} strategy file_copy")
    opened = await Database.open(settings)
    yield opened
    await opened.close()
    await _as_admin(server, f"drop database {name} with (force)")


@pytest.fixture
async def app(settings: Settings, database: Database) -> AsyncIterator[App]:
    """The composed application on `database`."""
    opened = await App.on(settings, database)
    yield opened
    await opened.close()


@pytest.fixture
async def client(app: App) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the real HTTP application, in this process."""
    from leadlight.api.server import create_api  # noqa: PLC0415 - most tests need no HTTP

    transport = httpx2.ASGITransport(app=create_api(app))
    async with httpx2.AsyncClient(transport=transport, base_url="http://leadlight.test") as opened:
        yield opened


@pytest.fixture
async def secret_key(app: App) -> str:
    """A secret key that may do everything."""
    async with app.db.transaction() as conn:
        return (await app.keys.create(conn, "secret", "test", ("admin",))).secret


@pytest.fixture
async def write_key(app: App) -> str:
    """A key that writes events."""
    async with app.db.transaction() as conn:
        return (await app.keys.create(conn, "write", "test")).secret


async def _make_template(server: EmbeddedPostgres) -> None:
    admin = await _connect(server)
    try:
        await admin.execute("select pg_advisory_lock(1)")
        if await admin.fetchval("select exists (select from pg_database where datname = $1)", TEMPLATE):
            return
        await admin.execute("drop database if exists making_template")
        await admin.execute("create database making_template")
        settings = Settings(database_url=server.url("making_template"))
        database = await Database.open(settings)
        await migrate(database, settings)
        await database.close()
        await admin.execute(f"alter database making_template rename to {TEMPLATE}")
    finally:
        await admin.close()


async def _as_admin(server: EmbeddedPostgres, statement: str) -> None:
    admin = await _connect(server)
    try:
        await admin.execute(statement)
    finally:
        await admin.close()


async def _connect(server: EmbeddedPostgres) -> "asyncpg.Connection[asyncpg.Record]":
    """Connect to the maintenance database, once recovery is over."""
    while True:
        try:
            return await asyncpg.connect(server.url())
        except (OSError, asyncpg.CannotConnectNowError):
            await asyncio.sleep(0.05)
