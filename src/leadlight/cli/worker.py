"""`leadlight worker`: the process that works on what came in."""

from typing import Annotated

import typer

from leadlight.cli.options import DataDir, examples, settings_from


def add_to(cli: typer.Typer) -> None:
    """Register the command."""
    cli.command("worker", epilog=examples("leadlight worker", "LEADLIGHT_DATABASE_URL=... leadlight worker"))(worker)


def worker(data: DataDir = None, supervised: Annotated[bool, typer.Option(hidden=True)] = False) -> None:
    """Run one worker process alone; `serve` does this for you."""
    from leadlight.app import App
    from leadlight.cli.running import end_with_supervisor, run_with_app, stop_on_signals
    from leadlight.worker import run

    async def work(app: App) -> None:
        await run(app, stop_on_signals())

    if supervised:
        end_with_supervisor()
    run_with_app(settings_from(data), work)
