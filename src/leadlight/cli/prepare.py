"""`leadlight prepare`: what `serve` does before it starts the processes; apart, so that `serve` itself stays small."""

import typer

from leadlight.cli.options import DataDir, settings_from
from leadlight.kit.config import Settings


def add_to(cli: typer.Typer) -> None:
    """Register the command."""
    cli.command("prepare", hidden=True)(prepare)


def prepare(data: DataDir = None) -> None:
    """Migrate, and print a sign-in link when nobody has signed in yet."""
    from leadlight.cli.running import run

    settings = settings_from(data)
    run(_prepare(settings), settings)


async def _prepare(settings: Settings) -> None:
    from leadlight.access import nobody_signed_in_yet
    from leadlight.app import App
    from leadlight.cli.migrate import migrate_database
    from leadlight.cli.sign_in import sign_in_url
    from leadlight.kit.clock import DatabaseClock

    await migrate_database(settings)
    app = await App.open(settings)
    try:
        async with app.db.transaction() as conn:
            if not settings.test_clock:
                await DatabaseClock().end(conn)
            if await nobody_signed_in_yet(conn):
                print(f"Sign in (once, within a day): {await sign_in_url(conn, settings)}", flush=True)
    finally:
        await app.close()
