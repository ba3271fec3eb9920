"""From a command to an open application and back."""

import asyncio
import os
import signal
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

import uvloop

from leadlight.app import App
from leadlight.kit.config import Settings
from leadlight.kit.log import configure_logging

Result = TypeVar("Result")
LAST_SECONDS = 10.0


def run(main: Coroutine[Any, Any, Result], settings: Settings) -> Result:
    """Run on uvloop, with logs as configured."""
    configure_logging(settings)
    return uvloop.run(main)


def run_with_app(settings: Settings, use: Callable[[App], Awaitable[Result]]) -> Result:
    """Open the application, use it, close it."""

    async def opened() -> Result:
        app = await App.open(settings)
        try:
            return await use(app)
        finally:
            await app.close()

    return run(opened(), settings)


def stop_on_signals() -> asyncio.Event:
    """An event that SIGTERM and SIGINT set."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


def end_with_supervisor() -> None:
    """Stop this process when the supervisor is gone: our stdin is a pipe that only it holds open."""

    def watch() -> None:
        while os.read(0, 1):
            pass
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(LAST_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True, name="supervisor-watch").start()
