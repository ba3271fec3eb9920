"""A server of one's own: the oldest PostgreSQL that is supported, from the system's packages."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from leadlight.app import App
from leadlight.kit.config import Settings
from leadlight.kit.db import Database
from leadlight.kit.postgres_user import server_user
from leadlight.migrations import migrate
from tests.factories.processes import Serving, run_cli, wait_for

BINARIES = Path("/usr/lib/postgresql/15/bin")

pytestmark = pytest.mark.skipif(
    not BINARIES.is_dir() or sys.platform != "linux",
    reason="PostgreSQL 15 is not installed: apt-get install postgresql-15",
)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with TemporaryDirectory(prefix="leadlight-", ignore_cleanup_errors=True) as made:
        yield from _serve(Path(made))


def _serve(home: Path) -> Iterator[str]:
    user = server_user()
    user.own(home)
    user.may_reach(home / "x")
    who: dict[str, Any] = {"user": user.name, "group": user.group, "extra_groups": user.extra_groups, "cwd": home}
    subprocess.run(
        [BINARIES / "initdb", "-D", home / "data", "-U", "postgres", "--auth=trust", "--no-sync", "--encoding=UTF8"],
        check=True,
        capture_output=True,
        **who,
    )
    server = subprocess.Popen(
        [BINARIES / "postgres", "-D", home / "data", "-h", "", "-k", home], stderr=subprocess.DEVNULL, **who
    )
    wait_for((home / ".s.PGSQL.5432").exists, "PostgreSQL 15")
    yield f"postgresql://postgres@/postgres?host={home}"
    server.terminate()
    server.wait(30)


async def test_schema_and_application_work_on_15(url: str, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, database_url=url)
    database = await Database.open(settings)
    await migrate(database, settings)
    app = await App.on(settings, database)
    async with database.transaction() as conn:
        assert str(await conn.fetchval("show server_version")).startswith("15.")
        key = await app.keys.create(conn, "write", "site")
    assert await app.keys.find(key.secret)
    await app.close()


def test_serve_uses_the_server_it_is_given(url: str, tmp_path: Path) -> None:
    serving = Serving.start(tmp_path, LEADLIGHT_DATABASE_URL=url)
    assert serving.is_ready()
    assert not (tmp_path / "postgres").exists()
    assert run_cli("keys", "list", "--data", str(tmp_path), LEADLIGHT_DATABASE_URL=url).returncode == 0
    assert serving.stop() == 0


def test_unsafe_server_is_one_line(url: str, tmp_path: Path) -> None:
    psql = (str(BINARIES / "psql"), url, "-qc")
    subprocess.run([*psql, "alter database postgres set synchronous_commit = off"], check=True)
    answer = run_cli("serve", "--data", str(tmp_path), "--port", "0", LEADLIGHT_DATABASE_URL=url)
    subprocess.run([*psql, "alter database postgres reset synchronous_commit"], check=True)
    assert answer.returncode == 1
    assert "alter system set synchronous_commit = on" in answer.stderr
    assert "Traceback" not in answer.stderr
