"""The database: rendering, transactions, and servers that are refused."""

import pytest
from sqlalchemy import column, func, insert, select, table, update

from leadlight.kit import db
from leadlight.kit.config import Settings
from leadlight.kit.db import Database, ServerTooOld, render
from leadlight.kit.errors import Unavailable
from leadlight.kit.tables import jobs

numbers = table("numbers", column("n"), column("name"))


async def test_rendered_statement_runs(database: Database) -> None:
    statement = (
        select(jobs.c.kind, func.count())
        .where(jobs.c.kind.in_(["a", "b"]), jobs.c.done > 3, jobs.c.error.is_(None))
        .group_by(jobs.c.kind)
        .limit(5)
    )
    sql, arguments = render(statement)
    assert arguments == [3, "a", "b", 5] or sorted(map(str, arguments)) == ["3", "5", "a", "b"]
    async with database.connection() as conn:
        assert await conn.fetch(sql, *arguments) == []


def test_rendering_keeps_text_out_of_sql() -> None:
    sql, arguments = render(update(numbers).values(name="'; drop table x").where(numbers.c.n == 1))
    assert "drop" not in sql
    assert "'; drop table x" in arguments


def test_rendering_without_arguments() -> None:
    assert render(select(numbers.c.n)) == ("SELECT numbers.n \nFROM numbers", [])


def test_rendering_an_insert() -> None:
    sql, arguments = render(insert(numbers).values(n=1, name="{}"))
    assert "$2" in sql
    assert arguments == [1, "{}"]


async def test_failed_transaction_leaves_nothing(database: Database) -> None:
    async def change_and_fail() -> None:
        async with database.transaction() as conn:
            await conn.execute("update workspace set generation = 99")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await change_and_fail()
    async with database.connection() as conn:
        assert await conn.fetchval("select generation from workspace") == 1


async def test_old_server_is_refused(settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "OLDEST_SERVER", 990_000)
    with pytest.raises(ServerTooOld, match="expected 15 or newer"):
        await Database.open(settings)


async def test_absent_server_is_unavailable(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "START_SECONDS", 0.3)
    with pytest.raises(Unavailable):
        await Database.open(Settings(database_url=f"postgresql://postgres@/x?host={tmp_path}"))


async def test_unsafe_database_default_is_refused(settings: Settings, database: Database) -> None:
    async with database.connection() as conn:
        name = await conn.fetchval("select current_database()")
        await conn.execute(f"alter database {name} set synchronous_commit = off")
    with pytest.raises(db.UnsafeServer):
        await Database.open(settings)
