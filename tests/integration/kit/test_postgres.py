"""The embedded server: shared, stopped by the last, and alive after kill -9 of anybody."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
import pytest

from leadlight.kit.config import Settings
from leadlight.kit.db import Database, UnsafeServer
from leadlight.kit.errors import Unavailable
from leadlight.kit.postgres import EmbeddedPostgres, OtherVersion, ServerFailed
from tests.factories.processes import postmaster_of, wait_for

HOLD = """
import sys
from pathlib import Path
from leadlight.kit.postgres import EmbeddedPostgres
server = EmbeddedPostgres.attach(Path(sys.argv[1]))
print("attached", flush=True)
sys.stdin.read()
server.detach()
"""


@pytest.fixture(scope="module")
def cluster() -> Iterator[Path]:
    """A data directory whose server was created and stopped; making one takes a second, copying it does not."""
    with TemporaryDirectory(prefix="leadlight-") as made:
        EmbeddedPostgres.attach(Path(made)).detach()
        yield Path(made)


@pytest.fixture
def data_dir(cluster: Path, server_dir: Path) -> Path:
    subprocess.run(["cp", "-a", "--reflink=auto", cluster / "postgres", server_dir], check=True)
    return server_dir


# What the caller of a transaction sees when the server goes away under it.
BROKEN = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, Unavailable)


class Holder:
    """Another process that uses the server of a directory."""

    def __init__(self, data_dir: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(data_dir)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout
        assert self.process.stdout.readline() == "attached\n"

    def leave(self) -> None:
        self.process.communicate(timeout=30)

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


def test_last_to_leave_stops_the_server(data_dir: Path) -> None:
    first, second = Holder(data_dir), Holder(data_dir)
    first.leave()
    assert postmaster_of(data_dir)
    second.leave()
    assert postmaster_of(data_dir) is None


def test_killed_starter_leaves_server_to_others(data_dir: Path) -> None:
    starter, other = Holder(data_dir), Holder(data_dir)
    starter.kill()
    pid = postmaster_of(data_dir)
    assert pid
    other.leave()
    assert postmaster_of(data_dir) is None


def test_server_of_killed_users_is_taken_over(data_dir: Path) -> None:
    only = Holder(data_dir)
    only.kill()
    pid = postmaster_of(data_dir)
    server = EmbeddedPostgres.attach(data_dir)
    assert postmaster_of(data_dir) == pid
    server.detach()
    assert postmaster_of(data_dir) is None


def test_many_may_attach_at_once(server_dir: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(server_dir)]
    processes = [subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) for _ in range(4)]
    assert [process.wait(60) for process in processes] == [0] * 4
    assert postmaster_of(server_dir) is None


def test_interrupted_creation_is_begun_again(server_dir: Path) -> None:
    (server_dir / "postgres.new").mkdir()
    (server_dir / "postgres.new" / "PG_VERSION").write_text("18")
    EmbeddedPostgres.attach(server_dir).detach()
    assert (server_dir / "postgres" / "leadlight.conf").exists()


def test_long_directory_gets_a_short_socket(server_dir: Path) -> None:
    deep = server_dir / ("long" * 25)
    server = EmbeddedPostgres.attach(deep)
    try:
        assert server.is_running()
        assert server.socket_dir != server.directory
    finally:
        server.detach()


def test_directory_of_other_version_is_refused(server_dir: Path) -> None:
    (server_dir / "postgres").mkdir()
    (server_dir / "postgres" / "PG_VERSION").write_text("17\n")
    with pytest.raises(OtherVersion, match="17"):
        EmbeddedPostgres.attach(server_dir)


def test_failed_start_shows_the_log(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leadlight.kit.postgres.START_SECONDS", 0.1)
    monkeypatch.setattr("leadlight.kit.postgres.CONFIGURATION", "shared_buffers = nonsense")
    with pytest.raises(ServerFailed, match="shared_buffers"):
        EmbeddedPostgres.attach(data_dir)


async def test_pool_survives_kill_of_postmaster(data_dir: Path) -> None:
    database = await Database.open(Settings(data_dir=data_dir))
    async with database.transaction() as conn:
        await conn.execute("create table kept (n int); insert into kept values (7)")
    pid = postmaster_of(data_dir)
    assert pid
    os.kill(pid, signal.SIGKILL)
    assert await _first_answer(database) == 7
    await database.close()
    assert postmaster_of(data_dir) is None


async def _first_answer(database: Database) -> object:
    for _ in range(100):
        try:
            async with database.transaction() as conn:
                return await conn.fetchval("select n from kept")
        except BROKEN:
            await asyncio.sleep(0.05)
    raise AssertionError("the pool never came back")


def test_zombie_of_killed_server_is_no_obstacle(data_dir: Path) -> None:
    parent = Holder(data_dir)  # started the server, and reaps nobody
    pid = postmaster_of(data_dir)
    assert pid
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: postmaster_of(data_dir) is None, "the end of the server")
    server = EmbeddedPostgres.attach(data_dir)

    def successor() -> int | None:
        server.ensure_running()  # the socket may answer for a moment after its server was killed
        return postmaster_of(data_dir)

    assert wait_for(successor, "a new server") != pid
    parent.leave()
    assert server.is_running()
    server.detach()
    assert postmaster_of(data_dir) is None


async def test_callers_see_declared_errors_through_kills(data_dir: Path) -> None:
    database = await Database.open(Settings(data_dir=data_dir))
    stop = asyncio.Event()
    answered = 0

    async def use() -> None:
        nonlocal answered
        while not stop.is_set():
            with contextlib.suppress(*BROKEN):
                async with database.transaction() as conn:
                    answered += await conn.fetchval("select 1")
            await asyncio.sleep(0.001)

    users = [asyncio.create_task(use()) for _ in range(4)]
    for _ in range(3):
        before = answered
        os.kill(await asyncio.to_thread(wait_for, lambda: postmaster_of(data_dir), "PostgreSQL"), signal.SIGKILL)
        await asyncio.to_thread(wait_for, lambda before=before: answered > before + 50, "answers")
    stop.set()
    await asyncio.gather(*users)
    await database.close()


async def test_body_of_broken_transaction_sees_the_error(data_dir: Path) -> None:
    database = await Database.open(Settings(data_dir=data_dir))

    async def work_through_a_kill() -> None:
        async with database.transaction() as conn:
            os.kill(postmaster_of(data_dir) or 0, signal.SIGKILL)
            for _ in range(1000):
                await conn.fetchval("select pg_sleep(0.01)")

    with pytest.raises(BROKEN):
        await work_through_a_kill()
    wait_for(lambda: not database.server or not database.server.is_running(), "the end of the server")
    async with database.connection() as conn:
        assert await conn.fetchval("select 1") == 1
    await database.close()


@pytest.mark.parametrize("name", ["fsync", "full_page_writes", "synchronous_commit"])
async def test_unsafe_setting_is_refused_with_remedy(data_dir: Path, name: str) -> None:
    database = await Database.open(Settings(data_dir=data_dir))
    async with database.connection() as conn:
        await conn.execute(f"alter system set {name} = off")
    await database.close()
    with pytest.raises(UnsafeServer, match=f"alter system set {name} = on"):
        await Database.open(Settings(data_dir=data_dir))
    assert postmaster_of(data_dir) is None
