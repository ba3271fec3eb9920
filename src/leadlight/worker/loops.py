"""The worker's loops, one line each: what it does, and how long it rests when there is nothing to do."""

import asyncio
import gc
from collections.abc import Awaitable, Callable
from contextlib import suppress

import asyncpg
import msgspec
import structlog

from leadlight.app import App
from leadlight.kit.db import AWAY
from leadlight.kit.errors import LeadlightError
from leadlight.worker.bell import Bell

log = structlog.get_logger()

Step = Callable[[], Awaitable[int]]
PAUSE_AFTER_ERROR_SECONDS = 1.0

# A batch holds thousands of objects that live to its end and hardly any cycles: looking for cycles as often as
# Python does by itself costs a fifth of the pipeline's time.
COLLECT_AFTER = (50_000, 20, 100)


class Loop(msgspec.Struct, frozen=True):
    """`step` returns how much it did; after 0 the loop rests, at most `rest_seconds`, or until its bell rings."""

    name: str
    step: Step
    rest_seconds: float
    bell: Bell | None = None


async def run(app: App, stop: asyncio.Event) -> None:
    """Work until `stop` is set; what is begun is finished."""
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    bell = Bell(app.db, "intake")
    loops = [
        Loop("intake", lambda: app.engine.process_waiting(lanes=app.settings.workers), 0.5, bell),
        Loop("clock", app.engine.pass_time, 0.5),
        Loop("seal", app.sealer.seal_when_due, 30.0),
    ]
    endless = [bell.listen(stop), app.deliverer.run_until(stop), app.jobs.run_until(stop, app.engine)]
    await asyncio.gather(*(_repeat(loop, stop) for loop in loops), *endless)


async def _repeat(loop: Loop, stop: asyncio.Event) -> None:
    while not stop.is_set():
        try:
            done = await loop.step()
        except (*AWAY, asyncpg.InterfaceError, LeadlightError) as error:
            log.warning("loop_waits", loop=loop.name, error=repr(error))
            done = await _rest(stop, PAUSE_AFTER_ERROR_SECONDS)
        except Exception:
            log.exception("loop_failed", loop=loop.name)
            done = await _rest(stop, PAUSE_AFTER_ERROR_SECONDS)
        if not done:
            await _rest(stop, loop.rest_seconds, loop.bell)


async def _rest(stop: asyncio.Event, seconds: float, bell: Bell | None = None) -> int:
    waits: list[asyncio.Task[object]] = [asyncio.create_task(stop.wait())]
    if bell:
        waits.append(asyncio.create_task(bell.wait()))
    _, pending = await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    return 1
