"""What `serve` keeps going: PostgreSQL, one web process, the workers."""

import asyncio
import os
import socket
import time
from collections.abc import Iterator

import structlog

from leadlight.cli.child import Child, start
from leadlight.kit.config import Settings
from leadlight.kit.errors import LeadlightError
from leadlight.kit.postgres import EmbeddedPostgres

log = structlog.get_logger()

WATCH_SECONDS = 0.5
READY_SECONDS = 60.0


class NotPrepared(LeadlightError):
    """Leadlight could not start. The line above says why."""

    code = "not_prepared"


async def supervise(settings: Settings, listener: socket.socket, stop: asyncio.Event) -> None:
    """Run everything until `stop` is set; raises NotPrepared. Closes nothing that others still use."""
    server = None if settings.database_url else await asyncio.to_thread(EmbeddedPostgres.attach, settings.data_dir)
    environment = {**os.environ, **settings.environment()}
    children = list(_children(settings, environment, listener.fileno()))
    tasks: list[asyncio.Task[None]] = []
    try:
        await _prepare(environment, stop)
        if not stop.is_set():
            tasks = [asyncio.create_task(child.keep()) for child in children]
            tasks.append(asyncio.create_task(_welcome(settings, environment)))
            if server:
                tasks.append(asyncio.create_task(_watch(server)))
            await stop.wait()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*(child.stop() for child in children))
        if server:
            await asyncio.to_thread(server.detach)


def _children(settings: Settings, environment: dict[str, str], listen_fd: int) -> Iterator[Child]:
    yield Child("web", ["web", "--supervised", "--listen-fd", str(listen_fd)], environment, (listen_fd,))
    for number in range(1, settings.workers + 1):
        yield Child(f"worker {number}", ["worker", "--supervised"], environment, ())


async def _prepare(environment: dict[str, str], stop: asyncio.Event) -> None:
    process = await start(["prepare"], environment)
    ending = asyncio.create_task(process.wait())
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait((ending, stopping), return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if stop.is_set() and process.returncode is None:
        process.terminate()
    if await ending and not stop.is_set():
        raise NotPrepared


async def _watch(server: EmbeddedPostgres) -> None:
    """Start PostgreSQL again when it died."""
    while True:
        await asyncio.sleep(WATCH_SECONDS)
        if server.is_running():
            continue
        log.warning("postgres_ended")
        try:
            await asyncio.to_thread(server.ensure_running)
        except LeadlightError as error:
            log.warning("postgres_does_not_start", error=error.detail)


async def _welcome(settings: Settings, environment: dict[str, str]) -> None:
    """Say where the server is, once it answers, and bring in the demo data."""
    await _announce(settings)
    if settings.demo:
        process = await start(["load-demo", "--supervised"], environment)
        if code := await process.wait():
            log.warning("demo_not_loaded", exit_code=code)


async def _announce(settings: Settings) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not await _answers(settings):
        if time.monotonic() > deadline:
            log.warning("web_does_not_answer", url=settings.base_url)
            return
        await asyncio.sleep(0.2)
    print(f"Leadlight is ready at {settings.base_url} (data in {settings.data_dir}); Ctrl-C stops it.", flush=True)


async def _answers(settings: Settings) -> bool:
    try:
        reader, writer = await asyncio.open_connection(_reachable(settings.host), settings.port)
        writer.write(b"GET /api/health HTTP/1.0\r\nHost: localhost\r\n\r\n")
        line = await asyncio.wait_for(reader.readline(), 10)
        writer.close()
    except (OSError, TimeoutError):
        return False
    return b" 200 " in line


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104 - compared, not bound
