"""The embedded server: shared, stopped by the last, and alive after kill -9 of anybody."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from leadlight.kit.config import Settings
from leadlight.kit.db import Database, UnsafeServer
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
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory whose server was created and stopped; making one takes a second, copying it does not."""
    made = tmp_path_factory.mktemp("cluster")
    EmbeddedPostgres.attach(made).detach()
    return made


@pytest.fixture
def data_dir(cluster: Path, tmp_path: Path) -> Path:
    subprocess.run(["cp", "-a", "--reflink=auto", cluster / "postgres", tmp_path], check=True)
    return tmp_path


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


def test_many_may_attach_at_once(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    processes = [subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) for _ in range(4)]
    assert [process.wait(60) for process in processes] == [0] * 4
    assert postmaster_of(tmp_path) is None


def test_interrupted_creation_is_begun_again(tmp_path: Path) -> None:
    (tmp_path / "postgres.new").mkdir()
    (tmp_path / "postgres.new" / "PG_VERSION").write_text("18")
    EmbeddedPostgres.attach(tmp_path).detach()
    assert (tmp_path / "postgres" / "leadlight.conf").exists()


def test_long_directory_gets_a_short_socket(tmp_path: Path) -> None:
    deep = tmp_path / ("long" * 25)
    server = EmbeddedPostgres.attach(deep)
    try:
        assert server.is_running()
        assert server.socket_dir != server.directory
    finally:
        server.detach()


def test_directory_of_other_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("17\n")
    with pytest.raises(OtherVersion, match="17"):
        EmbeddedPostgres.attach(tmp_path)


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
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            await asyncio.sleep(0.05)
    raise AssertionError("the pool never came back")


async def test_body_of_broken_transaction_sees_the_error(data_dir: Path) -> None:
    database = await Database.open(Settings(data_dir=data_dir))

    async def work_through_a_kill() -> None:
        async with database.transaction() as conn:
            os.kill(postmaster_of(data_dir) or 0, signal.SIGKILL)
            for _ in range(1000):
                await conn.fetchval("select pg_sleep(0.01)")

    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)):
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
