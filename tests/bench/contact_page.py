"""How long the contact page's three answers take over HTTP, beside adding its score up from all its events."""

import asyncio
import time
from pathlib import Path
from statistics import median
from uuid import UUID

import msgspec
from httpx2 import Client

from leadlight.app import App
from leadlight.events import of_subjects
from leadlight.kit.config import Settings
from leadlight.kit.days import DAY_US
from leadlight.pipeline.decide import tally_event
from tests.bench.arrivals import arrivals_of
from tests.bench.figures import Figure, short
from tests.bench.serving import web
from tests.bench.workspaces import CONTACTS, large_workspace
from tests.factories.processes import run_cli

HISTORY = 5_000
ROUNDS = 40
PARTS = ("", "/scores", "/timeline")


def figures() -> list[Figure]:
    data = large_workspace()
    contact_id, from_events_ms = asyncio.run(_prepare(data))
    key = run_cli("keys", "create", "--kind", "secret", "--data", str(data)).stdout.strip()
    with web(data) as url, Client(base_url=url, headers={"Authorization": f"Bearer {key}"}) as client:
        took = [_look(client, contact_id) for _ in range(ROUNDS)]
    size = f"{short(CONTACTS)} contacts, {HISTORY:,} events of this one"
    named = "its tallies anew from its events"
    return [Figure("contact page: contact, scores, timeline", size, "ms", median(took), 40, named, from_events_ms)]


def _look(client: Client, contact_id: UUID) -> float:
    began = time.perf_counter()
    for part in PARTS:
        client.get(f"/api/contacts/{contact_id}{part}").raise_for_status()
    return (time.perf_counter() - began) * 1000


async def _prepare(data: Path) -> tuple[UUID, float]:
    """The contact with the history, and how many ms its tallies take from the events."""
    app = await App.open(Settings(data_dir=data))
    name = ("user_id", f"bench-{time.time_ns()}")
    happened = [
        _earlier(event, number) for number, event in enumerate(arrivals_of([name], HISTORY)) if event.user_id == name[1]
    ]
    for start in range(0, len(happened), 1_000):
        await app.engine.process(happened[start : start + 1_000])
    row = await app.db.pool.fetchrow(
        "select contact_id, subjects.id from subjects join identifiers on subject_id = subjects.id where value = $1",
        name[1],
    )
    assert row
    began = time.perf_counter()
    async with app.db.transaction() as conn:
        generation = await app.engine.generations.current(conn)
        memory = {}
        for event in await of_subjects(conn, [row["id"]]):
            tally_event(generation, memory, event, ())
    took = (time.perf_counter() - began) * 1000
    await app.close()
    return row["contact_id"], took


def _earlier(event, number: int):
    """The events are spread over 300 days."""
    days = number % 300
    return msgspec.structs.replace(event, at_us=event.at_us - days * DAY_US, day=event.day - days)
