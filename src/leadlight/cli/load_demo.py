"""`leadlight load-demo`: what `serve --demo` runs once the server answers."""

from typing import TYPE_CHECKING, Annotated

import typer

from leadlight.cli.options import DataDir, settings_from

if TYPE_CHECKING:
    from leadlight.app import App


def add_to(cli: typer.Typer) -> None:
    """Register the command."""
    cli.command("load-demo", hidden=True)(load_demo)


def load_demo(data: DataDir = None, supervised: Annotated[bool, typer.Option(hidden=True)] = False) -> None:
    """Bring the demo data set into an empty workspace; does nothing in one that has contacts."""
    from leadlight import tryout
    from leadlight.cli.running import end_with_supervisor, run_with_app

    if supervised:
        end_with_supervisor()

    async def load(app: "App") -> None:
        await tryout.load_demo(app)

    run_with_app(settings_from(data), load)
