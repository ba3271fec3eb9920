"""How long everyone's score takes from all of history in DuckDB, and its peak memory, beside the same in PostgreSQL's SQL."""

import asyncio
import json
import resource
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from leadlight.app import App
from leadlight.kit.clock import machine_us
from leadlight.kit.config import Settings
from leadlight.kit.days import day_of
from leadlight.pipeline.recompute import open_everything
from leadlight.scoring import CompiledModel, batch, matchers_of_model
from tests.bench.figures import Figure, short
from tests.bench.recompute_sql import recompute_in_postgres
from tests.bench.workspaces import CONTACTS, EVENTS, large_workspace

SHARE = 40
"""The baseline is measured on one contact in so many, and its time multiplied."""


def figures() -> list[Figure]:
    data = large_workspace()
    found = json.loads(
        subprocess.run([sys.executable, "-m", "tests.bench.recompute", data], check=True, capture_output=True).stdout
    )
    baseline = asyncio.run(_baseline(data)) * SHARE
    size = f"{short(CONTACTS)} contacts, {short(EVENTS)} events"
    named = f"PostgreSQL SQL, 1/{SHARE} of it, times {SHARE}"
    return [
        Figure("recompute everyone from history, DuckDB", size, "s", found["seconds"], 25, named, baseline),
        Figure("its peak memory", size, "GB", found["gigabytes"], 3, "-", None),
    ]


async def _recompute(data: Path) -> dict[str, float]:
    app = await App.open(Settings(data_dir=data))
    async with app.db.transaction() as conn:
        generation = await app.engine.generations.current(conn)
    [model] = generation.models
    began = time.perf_counter()
    await asyncio.to_thread(_score_everyone, app, model, generation.matcher_ids, generation.zone)
    seconds = time.perf_counter() - began
    await app.close()
    return {"seconds": seconds, "gigabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9}


def _score_everyone(app: App, model: CompiledModel, ids: Mapping[str, int], zone: ZoneInfo) -> None:
    asked = {matcher.fingerprint: matcher for matcher in matchers_of_model(model.model)}
    now_us = machine_us()
    with open_everything(app.engine) as duck:
        batch.tally_events(duck, [(ids[fingerprint], matcher) for fingerprint, matcher in asked.items()])
        batch.score_everyone(duck, model, today=day_of(now_us, zone), now_us=now_us, zone=zone)


async def _baseline(data: Path) -> float:
    app = await App.open(Settings(data_dir=data))
    async with app.db.transaction() as conn:
        generation = await app.engine.generations.current(conn)
    seconds = await recompute_in_postgres(app, generation.models[0], SHARE)
    await app.close()
    return seconds


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_recompute(Path(sys.argv[1])))))
