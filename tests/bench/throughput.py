"""How many waiting events a second two workers take through the pipeline, beside one event in each transaction."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from leadlight import events
from leadlight.app import App
from leadlight.kit.config import Settings
from tests.bench.arrivals import arrivals_of, names_of
from tests.bench.figures import Figure, scaled, short
from tests.bench.workspaces import CONTACTS, large_workspace

WAITING = scaled(120_000)
WORKERS = 2
ALONE_SECONDS = 10.0
AT_ONCE = 1_000
GLANCE_SECONDS = 0.1


def figures() -> list[Figure]:
    data = large_workspace()
    rate = asyncio.run(_drain(data))
    alone = _one_by_one(data)
    return [
        Figure(
            "pipeline from a full intake, 2 workers, default model",
            f"{short(CONTACTS)} contacts, {short(WAITING)} waiting",
            "events/s",
            rate,
            8_000,
            "one event per transaction, 2 processes",
            alone,
            is_rate=True,
        )
    ]


async def _drain(data: Path) -> float:
    app = await App.open(Settings(data_dir=data))
    try:
        waiting = arrivals_of(await names_of(app, WAITING), WAITING)
        for start in range(0, len(waiting), AT_ONCE):
            await app.intake.accept(waiting[start : start + AT_ONCE])
        await app.db.pool.execute("checkpoint")
        with _workers(data):
            return await _rate_until_empty(app)
    finally:
        await app.close()


async def _rate_until_empty(app: App) -> float:
    """From the first event that is gone to the last."""
    began, at_first = time.perf_counter(), WAITING
    async with app.db.connection() as conn:
        while left := await events.count_waiting(conn, WAITING):
            if at_first == WAITING:
                began, at_first = time.perf_counter(), left
            await asyncio.sleep(GLANCE_SECONDS)
    return at_first / (time.perf_counter() - began)


@contextmanager
def _workers(data: Path) -> Iterator[None]:
    environment = {**os.environ, "LEADLIGHT_WORKERS": str(WORKERS)}
    command = [sys.executable, "-m", "leadlight.cli", "worker", "--data", str(data)]
    processes = [subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) for _ in range(WORKERS)]
    try:
        yield
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait()


def _one_by_one(data: Path) -> float:
    command = [sys.executable, "-m", "tests.bench.throughput", str(data)]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(WORKERS)]
    return sum(float(process.communicate()[0]) for process in processes)


async def _process_alone(data: Path) -> float:
    """Events a second, each in a transaction of its own, by this process."""
    app = await App.open(Settings(data_dir=data))
    waiting = arrivals_of(await names_of(app, scaled(20_000)), scaled(20_000))
    began, done = time.perf_counter(), 0
    while time.perf_counter() - began < ALONE_SECONDS and done < len(waiting):
        await app.engine.process([waiting[done]])
        done += 1
    rate = done / (time.perf_counter() - began)
    await app.close()
    return rate


if __name__ == "__main__":
    import uvloop

    print(uvloop.run(_process_alone(Path(sys.argv[1]))))
