"""`leadlight migrate`: bring the database up to this release."""

from typing import Annotated

import typer

from leadlight.cli.options import DataDir, examples, settings_from
from leadlight.kit.config import Settings


def add_to(cli: typer.Typer) -> None:
    """Register the command."""
    cli.command("migrate", epilog=examples("leadlight migrate", "leadlight migrate --time-zone Europe/Warsaw"))(migrate)


def migrate(
    data: DataDir = None,
    time_zone: Annotated[str | None, typer.Option(help="Zone of a new workspace's days.", metavar="ZONE")] = None,
) -> None:
    """Create or update the schema; `serve` does this for you. Several at once are safe."""
    from leadlight.cli.running import run

    settings = settings_from(data, time_zone=time_zone)
    run(migrate_database(settings), settings)


async def migrate_database(settings: Settings) -> None:
    """Open the database, migrate it, close it."""
    from leadlight import migrations
    from leadlight.kit.db import Database

    database = await Database.open(settings)
    try:
        await migrations.migrate(database, settings)
    finally:
        await database.close()
