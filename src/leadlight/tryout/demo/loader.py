"""Living the demo year in a workspace: through the real pipeline, in order, with the pipeline's clock at the events' time."""

import time
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby, islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import structlog

from leadlight import scoring
from leadlight.app import App
from leadlight.events import Incoming, normalise, read_time
from leadlight.kit.clock import read_clock
from leadlight.kit.days import DAY_US, SECOND_US, from_us
from leadlight.kit.jobs import Job, Jobs, enqueue
from leadlight.pipeline import RELIVING, Engine
from leadlight.tryout.demo.generate import EVENTS, demo_calls
from leadlight.tryout.demo.past_clock import PastClock
from leadlight.tryout.demo.sales import Sales

log = structlog.get_logger()

SOURCE = "demo"
LOCK = 0x1EAD_DE30
STRETCH = 4000
"""Calls lived through in one transaction: some six days."""
SLICE_US = 3600 * SECOND_US
LOOK_EVERY_DAYS = 14
MOST_LOOKED_AT = 1000
TOLD_EVERY_SECONDS = 5.0


Call = dict[str, Any]


class Arguments(msgspec.Struct, frozen=True):
    """Of the job: the day before which the year ends, and how large a year it is."""

    end: date
    scale: float


async def load_demo(app: App, scale: float = 1.0) -> None:
    """Bring the demo year into an empty workspace, or go on where a killed process stopped; else nothing is to be done."""
    async with app.db.connection() as lock:
        if not await lock.fetchval("select pg_try_advisory_lock($1)", LOCK):
            return  # another process is at it
        try:
            await _begin(app, scale)
            jobs: Jobs[App] = Jobs(app.db)
            jobs.register(RELIVING, _load)
            while await jobs.run_next(app):
                pass
        finally:
            await lock.execute("select pg_advisory_unlock($1)", LOCK)


async def _begin(app: App, scale: float) -> None:
    """A job when the workspace is empty; a job whose process was killed is free again, as we hold the lock."""
    today = from_us(await read_clock(app.clock, app.db)).date()
    async with app.db.transaction() as conn:
        await conn.execute("update jobs set state = 'queued' where kind = $1 and state = 'running'", RELIVING)
        is_begun = await conn.fetchval("select exists (select from jobs where kind = $1)", RELIVING)
        if not is_begun and not await conn.fetchval("select exists (select from contacts)"):
            await enqueue(conn, RELIVING, {"end": today.isoformat(), "scale": scale})


async def _load(job: Job, app: App) -> object:
    given = msgspec.convert(job.arguments, Arguments)
    calls, total = demo_calls(given.end, given.scale), round(EVENTS * given.scale)
    year = Year(app)
    year.skip(islice(calls, job.done))
    told = time.monotonic()
    while stretch := list(islice(calls, STRETCH)):
        await year.live(stretch)
        await job.progress(year.done, total, str(stretch[-1]["timestamp"])[:10])
        if time.monotonic() - told > TOLD_EVERY_SECONDS:
            told = time.monotonic()
            log.info("demo_loading", percent=100 * year.done // total)
    log.info("demo_loaded", events=year.done)
    return {"events": year.done}


class Year:
    """A workspace that lives through the demo's calls; `done` counts them."""

    def __init__(self, app: App) -> None:
        self.done = 0
        self._zone = app.workspace.zone
        self._clock = PastClock()
        self._engine = Engine(app.db, self._clock, Path(app.settings.history))
        self._sales = Sales(self._engine, self._clock)
        self._looked_day = 0

    def skip(self, calls: Iterable[Call]) -> None:
        """Go past calls that have been lived through already."""
        for call in calls:
            self._sales.read(call, 0)
            self.done += 1
        self._sales.forget_deals()

    async def live(self, calls: list[Call]) -> None:
        """The next stretch: what people do, what sales answers, and now and then a look at those who cool down."""
        arrivals = [_arrival(call, self._zone) for call in calls]
        for call, arrival in zip(calls, arrivals, strict=True):
            self._sales.read(call, arrival.at_us)
        slices = list(_slices(arrivals))
        await self._engine.relive(slices)
        now_us, _ = slices[-1]
        await self._sales.work(now_us)
        self._clock.at_us = now_us
        if now_us // DAY_US >= self._looked_day + LOOK_EVERY_DAYS:
            self._looked_day = now_us // DAY_US
            await self._look_at_the_warm()
        self.done += len(calls)

    async def _look_at_the_warm(self) -> None:
        """Let time pass for those above the first band; the others have nowhere to fall."""
        async with self._engine.db.connection() as conn:
            models = (await self._engine.generations.look(conn)).models
            places = [
                place
                for model in models
                for band in model.model.bands[1:]
                for place in await scoring.ranked(
                    conn, (model.model.key, model.model.version), MOST_LOOKED_AT, band=band.key
                )
            ]
        for start in range(0, len(places), MOST_LOOKED_AT):
            await self._engine.look_at([place.contact_id for place in places[start : start + MOST_LOOKED_AT]])


def _slices(arrivals: list[Incoming]) -> Iterator[tuple[int, list[Incoming]]]:
    """Arrivals of the same hours of the same day together, with the moment the last of them came in."""
    for _, part in groupby(arrivals, key=lambda arrival: (arrival.day, arrival.at_us // SLICE_US)):
        slice_ = list(part)
        yield slice_[-1].received_us, slice_


def _arrival(call: Call, zone: ZoneInfo) -> Incoming:
    """The call as it arrived, a second after it happened."""
    happened_us = read_time(call["timestamp"])
    arrival = normalise(call, (happened_us or 0) + SECOND_US, SOURCE, zone)
    if not isinstance(arrival, Incoming):
        raise TypeError(f"the demo made a call that is refused: {arrival.detail}")
    return arrival
