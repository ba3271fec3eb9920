"""How many events a second the intake commits over HTTP, beside one transaction per event without any HTTP.

Client, web process and PostgreSQL share the machine.
"""

import asyncio
import json
import tempfile
import time
from base64 import b64encode
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

from leadlight.events import shard_of
from leadlight.events.store import encode_body
from leadlight.kit.config import Settings
from leadlight.kit.db import Database
from tests.bench.figures import Figure
from tests.bench.serving import PORT, web
from tests.factories.events import call, incoming
from tests.factories.processes import run_cli

CONNECTIONS = 16
BATCH = 100
BODIES = 200


class Rate(NamedTuple):
    """Events committed a second; median and 99th percentile of the answers' times in milliseconds."""

    events_per_second: float
    p50_ms: float
    p99_ms: float


def figures() -> list[Figure]:
    rate, alone = measure()
    size, named = f"batches of {BATCH}, {CONNECTIONS} connections", "one event per transaction, no HTTP"
    return [
        Figure(
            "accept over HTTP, committed", size, "events/s", rate.events_per_second, 15_000, named, alone, is_rate=True
        ),
        Figure("its answers, p99", size, "ms", rate.p99_ms, None, "-", None),
    ]


def measure(seconds: float = 10.0) -> tuple[Rate, float]:
    """The intake's rate, and the baseline's events a second."""
    with tempfile.TemporaryDirectory() as room:
        data = Path(room)
        run_cli("migrate", "--data", str(data)).check_returncode()
        key = run_cli("keys", "create", "--kind", "write", "--data", str(data)).stdout.strip()
        with web(data):
            rate = asyncio.run(_post_for(seconds, key))
        return rate, asyncio.run(_commit_each(data, seconds / 2))


async def _post_for(seconds: float, key: str) -> Rate:
    requests = cycle([_request(key, number) for number in range(BODIES)])
    took: list[float] = []
    began = time.perf_counter()
    await asyncio.gather(*(_post_until(began + seconds, requests, took) for _ in range(CONNECTIONS)))
    lasted = time.perf_counter() - began
    took.sort()
    return Rate(len(took) * BATCH / lasted, took[len(took) // 2] * 1000, took[len(took) * 99 // 100] * 1000)


async def _post_until(deadline: float, requests: Iterator[bytes], took: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
    while (began := time.perf_counter()) < deadline:
        writer.write(next(requests))
        head = await reader.readuntil(b"\r\n\r\n")
        assert b" 200 " in head.split(b"\r\n", 1)[0], head
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        took.append(time.perf_counter() - began)
    writer.close()


def _request(key: str, number: int) -> bytes:
    calls = [
        call(
            messageId=f"{number}-{place}",
            userId=f"u{number * BATCH + place}",
            timestamp="2026-09-21T10:00:00.000Z",
            properties={"plan": "pro", "price": 12.5, "url": f"https://example.com/pricing/{place}?plan=pro"},
            context={"library": {"name": "analytics-python", "version": "2.4.0"}},
        )
        for place in range(BATCH)
    ]
    body = json.dumps({"batch": calls, "sentAt": "2026-09-21T10:00:01.000Z"}).encode()
    login = b64encode(f"{key}:".encode()).decode()
    head = f"POST /v1/batch HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {login}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def _commit_each(data: Path, seconds: float) -> float:
    database = await Database.open(Settings(data_dir=data))
    event = incoming(properties='{"plan":"pro","price":12.5}')
    row = (shard_of(event), encode_body(event))
    deadline = time.perf_counter() + seconds

    async def insert() -> int:
        stored = 0
        async with database.connection() as conn:
            statement = await conn.prepare("insert into intake (shard, body) values ($1, $2)")
            while time.perf_counter() < deadline:
                await statement.fetch(*row)
                stored += 1
        return stored

    try:
        return sum(await asyncio.gather(*(insert() for _ in range(8)))) / seconds
    finally:
        await database.close()
