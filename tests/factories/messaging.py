"""A webhook receiver on loopback, a clock that stands still, and messages to send."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from ipaddress import ip_network
from typing import Any

import httpx2

from leadlight.definitions import Kind, Registry
from leadlight.kit.clock import Clock
from leadlight.kit.db import Connection, Database
from leadlight.kit.guarded_http import guarded_client
from leadlight.messaging import (
    Bounds,
    Deliverer,
    Message,
    Webhook,
    WebhookChannel,
    enqueue,
    ensure_secret,
    messages_for,
)

LOOPBACK = (ip_network("127.0.0.0/8"),)
EVENT = "hand_off.opened"


class Request:
    """One request the receiver saw."""

    def __init__(self, head: bytes, body: bytes) -> None:
        lines = head.decode().split("\r\n")
        self.path = lines[0].split(" ")[1]
        self.headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])}
        self.body = body

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


class Receiver:
    """Answers with what `answer` says for the n-th request: a status, or a whole response head."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.answer: Callable[[int], int | bytes] = lambda _: 200
        self.delay_s = 0.0
        self.at_once = self.most_at_once = 0
        self.port = 0
        self.first = asyncio.Event()
        self._serving: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def ids(self) -> list[str]:
        return [request.id for request in self.requests]

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def hang_up(self) -> None:
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(await self._answer(reader))
            await writer.drain()
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader) -> bytes:
        head = (await reader.readuntil(b"\r\n\r\n"))[:-4]
        request = Request(head, b"")
        request.body = await reader.readexactly(int(request.headers.get("content-length", 0)))
        self.requests.append(request)
        self.first.set()
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        answer = self.answer(len(self.requests))
        await asyncio.sleep(self.delay_s)
        self.at_once -= 1
        if isinstance(answer, bytes):
            return answer
        return f"HTTP/1.1 {answer} Answer\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()


@asynccontextmanager
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    server = await asyncio.start_server(made.accept, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    async with server:
        yield made
        await made.hang_up()


class StandingClock(Clock):
    """Moves only when told."""

    def __init__(self, at_us: int = 1_760_000_000_000_000) -> None:
        self.at_us = at_us

    async def now_us(self, conn: Connection) -> int:
        return self.at_us

    def advance(self, seconds: float) -> None:
        self.at_us += round(seconds * 1_000_000)


class Outbox:
    """A deliverer of webhooks on loopback, and what it works on."""

    def __init__(self, db: Database, *webhooks: Webhook, http: httpx2.AsyncClient, **options: Any) -> None:
        self.db = db
        self.clock = StandingClock()
        self.webhooks = {webhook.key: webhook for webhook in webhooks}
        self.disabled: list[str] = []
        channel = WebhookChannel(http, self._load, self._disable)
        self.deliverer = Deliverer(db, self.clock, [channel], Bounds(**options))

    async def _load(self, conn: Connection) -> list[Webhook]:
        return list(self.webhooks.values())

    async def _disable(self, conn: Connection, key: str, reason: str, now_us: int) -> None:
        self.disabled.append(key)
        self.webhooks[key] = Webhook(key, self.webhooks[key].url, enabled=False)

    async def send(self, *occasions: str) -> list[Message]:
        """Queue a message for each occasion and webhook."""
        messages = [
            message
            for occasion in occasions
            for message in messages_for(
                self.webhooks.values(), EVENT, occasion, {"occasion": occasion}, self.clock.at_us
            )
        ]
        async with self.db.transaction() as conn:
            for key in self.webhooks:
                await ensure_secret(conn, key, self.clock.at_us)
            await enqueue(conn, messages, self.clock.at_us)
        return messages

    async def states(self) -> dict[str, str]:
        """Occasion -> state."""
        async with self.db.connection() as conn:
            rows = await conn.fetch("select split_part(occasion, ':', 2) as occasion, state from outbox")
        return {row["occasion"]: row["state"] for row in rows}


@asynccontextmanager
async def outbox(db: Database, *webhooks: Webhook, **options: Any) -> AsyncIterator[Outbox]:
    async with guarded_client(LOOPBACK) as http:
        yield Outbox(db, *webhooks, http=http, **options)


async def nothing(conn: Connection) -> None:
    """What a registry does when publications change and nobody minds."""


def registry(*kinds: Kind) -> Registry:
    return Registry(kinds, nothing)
