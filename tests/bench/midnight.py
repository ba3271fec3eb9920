"""How many contacts a second time alone brings to a new day, one process, beside the batch engine's whole recomputation."""

import asyncio
import time
from pathlib import Path

from leadlight.app import App
from leadlight.kit.clock import machine_us
from leadlight.kit.config import Settings
from leadlight.kit.days import DAY_US
from leadlight.kit.db import Connection
from tests.bench.figures import Figure, scaled, short
from tests.bench.workspaces import CONTACTS, large_workspace

LOOKED_AT = scaled(30_000)


class AfterMidnight:
    """A clock that stands one second into tomorrow."""

    async def now_us(self, conn: Connection) -> int:
        return (machine_us() // DAY_US + 1) * DAY_US + 1_000_000


def figures() -> list[Figure]:
    rate = asyncio.run(_pass_midnight(large_workspace()))
    size = f"{short(CONTACTS)} contacts, {short(LOOKED_AT)} looked at"
    return [Figure("time passes at midnight, 1 process", size, "contacts/s", rate, None, "-", None, is_rate=True)]


async def _pass_midnight(data: Path) -> float:
    app = await App.open(Settings(data_dir=data))
    app.engine.clock = AfterMidnight()
    try:
        await app.engine.pass_time()
        began, done = time.perf_counter(), 0
        while done < LOOKED_AT and (found := await app.engine.pass_time()):
            done += found
        return done / (time.perf_counter() - began)
    finally:
        await app.close()
