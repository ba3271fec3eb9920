"""Migrating from zero gives the declared schema, whoever migrates and however many at once."""

import asyncio
import importlib
import pkgutil
from uuid import uuid4

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Connection, Table, inspect
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

import leadlight
from leadlight.kit import columns  # noqa: F401 - teaches the comparison xid8
from leadlight.kit.config import Settings
from leadlight.kit.db import Database, metadata
from leadlight.kit.postgres import EmbeddedPostgres
from leadlight.migrations import is_current, migrate


@pytest.fixture
async def empty(server: EmbeddedPostgres):
    name = f"t{uuid4().hex}"
    admin = await asyncpg.connect(server.url())
    await admin.execute(f"create database {name}")
    settings = Settings(database_url=server.url(name), time_zone="Europe/Vilnius")
    database = await Database.open(settings)
    yield database, settings
    await database.close()
    await admin.execute(f"drop database {name} with (force)")
    await admin.close()


def _declare_all_tables() -> None:
    for package in pkgutil.iter_modules(leadlight.__path__, "leadlight."):
        if package.ispkg and importlib.util.find_spec(f"{package.name}.tables"):
            importlib.import_module(f"{package.name}.tables")


async def _on_sync_connection(database: Database, function):
    engine = create_async_engine(
        "postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(database.url), poolclass=NullPool
    )
    async with engine.connect() as connection:
        found = await connection.run_sync(function)
    await engine.dispose()
    return found


async def test_migrated_schema_equals_declared(database: Database) -> None:
    _declare_all_tables()
    ignored = {"alembic_version"}

    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "compare_server_default": True,
                "include_name": lambda name, kind, _: kind != "table" or name not in ignored,
            },
        )
        found: list[object] = compare_metadata(context, metadata)
        return found

    assert await _on_sync_connection(database, differences) == []


async def test_constraints_and_indexes_equal_declared(database: Database) -> None:
    _declare_all_tables()

    def checks_and_keys(connection: Connection) -> dict[str, object]:
        inspector = inspect(connection)
        return {
            name: (
                tuple(inspector.get_pk_constraint(name)["constrained_columns"]),
                len(inspector.get_check_constraints(name)),
                sorted(
                    (index["name"] or "", bool(index["unique"]), _predicate(index))
                    for index in _indexes(inspector, name)
                ),
            )
            for name in inspector.get_table_names()
            if name != "alembic_version"
        }

    found = await _on_sync_connection(database, checks_and_keys)
    assert found == {table.name: _declared(table) for table in metadata.sorted_tables}


def _indexes(inspector, name):
    return [index for index in inspector.get_indexes(name) if "duplicates_constraint" not in index]


def _predicate(index) -> bool:
    return bool(index.get("dialect_options", {}).get("postgresql_where"))


def _declared(table: Table) -> tuple[object, ...]:
    of_columns = [one for column in table.columns for one in column.constraints]
    checks = [one for one in (*table.constraints, *of_columns) if isinstance(one, CheckConstraint)]
    indexes = sorted(
        (index.name, index.unique, index.dialect_options["postgresql"]["where"] is not None) for index in table.indexes
    )
    return tuple(column.name for column in table.primary_key.columns), len(checks), indexes


async def test_storage_options_equal_declared(database: Database) -> None:
    _declare_all_tables()
    async with database.connection() as conn:
        rows = await conn.fetch(
            "select relname, reloptions from pg_class where reloptions is not null and relkind = 'r'"
        )
    found = {row["relname"]: dict(option.split("=") for option in row["reloptions"]) for row in rows}
    declared = {table.name: table.dialect_options["postgresql"].get("with") for table in metadata.sorted_tables}
    assert found == {
        name: {key: str(value) for key, value in options.items()} for name, options in declared.items() if options
    }


async def test_concurrent_migrators_make_one_workspace(empty) -> None:
    database, settings = empty
    await asyncio.gather(*(migrate(database, settings) for _ in range(4)))
    async with database.connection() as conn:
        assert await is_current(conn)
        assert await conn.fetchval("select count(*) from workspace") == 1


async def test_workspace_keeps_its_first_zone(empty) -> None:
    database, settings = empty
    await migrate(database, settings)
    await migrate(database, Settings(database_url=settings.database_url, time_zone="Asia/Tokyo"))
    async with database.connection() as conn:
        assert await conn.fetchval("select time_zone from workspace") == "Europe/Vilnius"


async def test_unmigrated_database_is_not_current(empty) -> None:
    database, _ = empty
    async with database.connection() as conn:
        assert not await is_current(conn)
