"""`leadlight serve`: everything in one command."""

import asyncio
import signal
import socket
from dataclasses import replace
from typing import Annotated

import typer

from leadlight.cli.options import DataDir, examples, settings_from
from leadlight.kit.config import Settings


def add_to(cli: typer.Typer) -> None:
    """Register the command."""
    cli.command(
        "serve",
        epilog=examples(
            "leadlight serve --demo",
            "leadlight serve --data /srv/leadlight --host 0.0.0.0 --workers 2",
            "LEADLIGHT_DATABASE_URL=postgresql://... leadlight serve",
        ),
    )(serve)


def serve(
    data: DataDir = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on. [default: 127.0.0.1]")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one. [default: 8000]")] = None,
    workers: Annotated[int | None, typer.Option(help="Worker processes. [default: 1]")] = None,
    time_zone: Annotated[str | None, typer.Option(help="Zone of a new workspace's days.", metavar="ZONE")] = None,
    demo: Annotated[bool | None, typer.Option("--demo", help="Load the demo data set into an empty workspace.")] = None,
    test_clock: Annotated[
        str | None, typer.Option(help="Time at which a clock for tests stands still.", metavar="ISO_TIME")
    ] = None,
) -> None:
    """Run the web process, the workers and, unless LEADLIGHT_DATABASE_URL is set, PostgreSQL.

    What dies is started again. SIGTERM or Ctrl-C finishes what is begun and stops everything.
    """
    from leadlight.cli.listening import listen
    from leadlight.cli.serve_lock import ServeLock
    from leadlight.kit.log import configure_logging

    settings = settings_from(
        data, host=host, port=port, workers=workers, time_zone=time_zone, demo=demo, test_clock=test_clock
    )
    configure_logging(settings)
    lock = ServeLock.take(settings.data_dir)
    listener = listen(settings)
    settings = replace(settings, port=listener.getsockname()[1])
    lock.announce(settings.base_url)
    asyncio.run(_serve(settings, listener))


async def _serve(settings: Settings, listener: socket.socket) -> None:
    from leadlight.cli.supervisor import supervise

    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    with listener:
        await supervise(settings, listener, stop)
