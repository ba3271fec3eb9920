"""How long after its request an event shows in its contact's score, at a steady rate."""

import asyncio
import base64
import json
import random
import time
from itertools import count, islice
from pathlib import Path
from typing import Any
from uuid import UUID

from httpx2 import AsyncClient

from leadlight import events
from leadlight.app import App
from leadlight.kit.config import Settings
from leadlight.kit.db import Connection
from leadlight.kit.ids import digest_id, new_id
from tests.bench.arrivals import VISIT, Names, names_of
from tests.bench.figures import Figure, short
from tests.bench.workspaces import CONTACTS, large_workspace
from tests.factories.processes import Serving, run_cli, wait_for

EVENTS_PER_SECOND = 1_000
REQUESTS_PER_SECOND = 100
SECONDS = 30.0
WARM_UP_SECONDS = 5.0
LOOKED_FOR = 200
SOURCE = "bench"
GLANCE_SECONDS = 0.002
"""Between two looks for what has become visible: the error of each measurement."""


def figures() -> list[Figure]:
    data = large_workspace()
    key = run_cli("keys", "create", "--kind", "write", "--name", SOURCE, "--data", str(data)).stdout.strip()
    serving = Serving.start(data)
    try:
        wait_for(serving.is_ready, "the server")
        took = sorted(asyncio.run(_measure(data, serving.url, key)))
    finally:
        serving.stop()
    size = f"{short(CONTACTS)} contacts, {EVENTS_PER_SECOND:,} events/s"
    half, last = took[len(took) // 2], took[len(took) * 99 // 100]
    return [
        Figure("accept to score visible, p50", size, "ms", half, 60, "-", None),
        Figure("accept to score visible, p99", size, "ms", last, 400, "-", None),
    ]


async def _measure(data: Path, url: str, key: str) -> list[float]:
    """Milliseconds from sending the first event of each request until it is stored, which its score is with it."""
    app = await App.open(Settings(data_dir=data))
    login = base64.b64encode(f"{key}:".encode()).decode()
    names = await names_of(app, int(EVENTS_PER_SECOND * (SECONDS + WARM_UP_SECONDS)))
    watch = Watch(app)
    async with AsyncClient(base_url=url, headers={"Authorization": f"Basic {login}"}) as client:
        looking = asyncio.create_task(watch.look())
        await _send_steadily(client, watch, names)
        await watch.wait_for_all()
        looking.cancel()
    await app.close()
    return watch.took


class Watch:
    """Messages that were sent and are not stored yet."""

    def __init__(self, app: App) -> None:
        self.took: list[float] = []
        self._app = app
        self._sent: dict[str, tuple[float, bool]] = {}

    def sent(self, message_id: str, *, counts: bool) -> None:
        self._sent[message_id] = time.perf_counter(), counts

    async def look(self) -> None:
        async with self._app.db.connection() as conn:
            while True:
                if self._sent:
                    await self._look_once(conn)
                await asyncio.sleep(GLANCE_SECONDS)

    async def wait_for_all(self) -> None:
        deadline = time.perf_counter() + 30
        while self._sent and time.perf_counter() < deadline:  # noqa: ASYNC110 - there is a deadline and no event
            await asyncio.sleep(0.05)

    async def _look_once(self, conn: Connection) -> None:
        oldest = islice(self._sent, LOOKED_FOR)
        ids = {event_id_of(message_id): message_id for message_id in oldest}
        stored = await events.existing(conn, list(ids))
        now = time.perf_counter()
        for event_id in stored:
            began, counts = self._sent.pop(ids[event_id])
            if counts:
                self.took.append((now - began) * 1000)


async def _send_steadily(client: AsyncClient, watch: Watch, names: Names) -> None:
    each = EVENTS_PER_SECOND // REQUESTS_PER_SECOND
    dice, visitors = random.Random(1), names[: max(1, len(names) // VISIT)]
    began, tasks = time.perf_counter(), []
    for number in count():
        due = number / REQUESTS_PER_SECOND
        if due > SECONDS + WARM_UP_SECONDS:
            break
        await asyncio.sleep(max(0.0, began + due - time.perf_counter()))
        batch = [_call(dice.choice(visitors)) for _ in range(each)]
        watch.sent(batch[0]["messageId"], counts=due > WARM_UP_SECONDS)
        tasks.append(asyncio.create_task(_send(client, batch)))
    await asyncio.gather(*tasks)


async def _send(client: AsyncClient, batch: list[dict[str, Any]]) -> None:
    (await client.post("/v1/batch", content=json.dumps({"batch": batch}))).raise_for_status()


def _call(name: tuple[str, str]) -> dict[str, Any]:
    kind, value = name
    return {
        "type": "page",
        "messageId": str(new_id()),
        "userId" if kind == "user_id" else "anonymousId": value,
        "properties": {"url": "https://www.firm.example/pricing", "title": "Prices"},
    }


def event_id_of(message_id: str) -> UUID:
    """The id under which an event of our key is stored."""
    return digest_id(SOURCE, message_id)
