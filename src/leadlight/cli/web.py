"""`leadlight web`: the HTTP process."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from typing import Annotated

import typer

from leadlight.cli.options import DataDir, examples, settings_from
from leadlight.kit.config import Settings

DRAIN_SECONDS = 5


def add_to(cli: typer.Typer) -> None:
    """Register the command."""
    cli.command("web", epilog=examples("leadlight web --port 8000", "LEADLIGHT_DATABASE_URL=... leadlight web"))(web)


def web(
    data: DataDir = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    listen_fd: Annotated[int | None, typer.Option(hidden=True)] = None,
    supervised: Annotated[bool, typer.Option(hidden=True)] = False,
) -> None:
    """Run one web process alone; `serve` does this for you."""
    from leadlight.cli.running import end_with_supervisor, run

    settings = settings_from(data, host=host, port=port)
    if supervised:
        end_with_supervisor()
    run(_serve(settings, _listener(settings, listen_fd)), settings)


async def _serve(settings: Settings, listener: socket.socket) -> None:
    import uvicorn

    from leadlight.api import create_api
    from leadlight.app import App
    from leadlight.cli.running import stop_on_signals

    class Server(uvicorn.Server):
        """Leaves signals to us: uvicorn would raise them again before the application is closed."""

        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield

    stop = stop_on_signals()
    app = await App.open(settings)
    try:
        server = Server(
            uvicorn.Config(
                create_api(app),
                loop="none",
                http="httptools",
                ws="none",
                lifespan="on",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=bool(settings.trusted_proxies),
                forwarded_allow_ips=[str(network) for network in settings.trusted_proxies],
                timeout_keep_alive=75,
                timeout_graceful_shutdown=DRAIN_SECONDS,
            )
        )
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        await asyncio.wait((serving, stopping := asyncio.create_task(stop.wait())), return_when="FIRST_COMPLETED")
        stopping.cancel()
        server.should_exit = True
        await serving
    finally:
        await app.close()


def _listener(settings: Settings, listen_fd: int | None) -> socket.socket:
    from leadlight.cli.listening import listen

    return listen(settings) if listen_fd is None else socket.socket(fileno=listen_fd)
