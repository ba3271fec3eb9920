"""All pending migrations in one transaction, under a lock that makes other migrators wait."""

import secrets
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg

from leadlight.kit.config import Settings
from leadlight.kit.db import Connection, Database
from leadlight.kit.errors import LeadlightError
from leadlight.kit.ids import new_id

if TYPE_CHECKING:
    import sqlalchemy

HERE = Path(__file__).parent
MIGRATION_LOCK = 0x6C65_6164_0001


class SchemaBehind(LeadlightError):
    """The database does not have the schema of this release. Run `leadlight migrate`, then start again."""

    code = "schema_behind"


async def migrate(database: Database, settings: Settings) -> None:
    """Run what is pending, then create the workspace when there is none."""
    async with database.connection() as conn:
        if await is_current(conn):
            return
    # Imported here, as a process whose database is up to date needs none of it.
    from sqlalchemy.ext.asyncio import create_async_engine  # noqa: PLC0415
    from sqlalchemy.pool import NullPool  # noqa: PLC0415

    engine = create_async_engine(
        "postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(database.url), poolclass=NullPool
    )
    try:
        async with engine.begin() as connection:
            await connection.exec_driver_sql(f"select pg_advisory_xact_lock({MIGRATION_LOCK})")
            await connection.run_sync(_upgrade)
    finally:
        await engine.dispose()
    await _create_workspace(database, settings)


async def is_current(conn: Connection) -> bool:
    """Whether the newest migration has run and the workspace exists."""
    if await conn.fetchval("select to_regclass('alembic_version')") is None:
        return False
    version = await conn.fetchval("select version_num from alembic_version")
    return version == newest_revision() and bool(await conn.fetchval("select exists (select from workspace)"))


def newest_revision() -> str:
    """The migrations are numbered; the last one is the head."""
    return max(path.stem for path in (HERE / "versions").glob("[0-9]*.py"))[:4]


def _upgrade(connection: "sqlalchemy.Connection") -> None:
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


async def _create_workspace(database: Database, settings: Settings) -> None:
    async with database.transaction() as conn:
        await conn.execute(
            "insert into workspace (id, time_zone, hash_key, created_at) values ($1, $2, $3, now())"
            " on conflict do nothing",
            new_id(),
            settings.time_zone,
            secrets.token_bytes(32),
        )
