"""A delivering process to be killed: `python worker_process.py DATABASE_URL CHANNEL RECEIVER_URL`."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

import httpx2

from leadlight.kit.config import Settings
from leadlight.kit.db import Connection, Database
from leadlight.kit.guarded_http import guarded_client
from leadlight.messaging import Channel, Claimed, Deliverer, Outcome, Refused, Webhook
from leadlight.messaging.deliver import Mark
from leadlight.messaging.webhook_channel import WebhookChannel

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.factories.messaging import LOOPBACK, StandingClock


class OnceChannel:
    """A channel on which a repeat would arrive twice; tells the receiver that it has begun, and never ends."""

    name = "once"
    is_repeatable = False

    def __init__(self, url: str) -> None:
        self.url = url

    async def prepare(self, conn: Connection, messages: Sequence[Claimed], now_us: int) -> dict[object, object]:
        return {message.id: None for message in messages}

    async def hand(self, message: Claimed, prepared: object, mark: Mark) -> Outcome:
        await mark()
        async with httpx2.AsyncClient() as http:
            await http.post(self.url, headers={"webhook-id": message.id.hex})
        return Refused("never reached")

    async def settle(self, conn: Connection, message: Claimed, outcome: Outcome, now_us: int) -> None:
        pass


async def main(database_url: str, channel: str, receiver_url: str) -> None:
    async def load(conn: Connection) -> list[Webhook]:
        return [Webhook("crm", receiver_url)]

    async def disable(conn: Connection, key: str, reason: str, now_us: int) -> None:
        raise AssertionError(reason)

    database = await Database.open(Settings(database_url=database_url))
    made: Channel = WebhookChannel(guarded_client(LOOPBACK), load, disable)
    if channel == "once":
        made = OnceChannel(receiver_url)
    await Deliverer(database, StandingClock(), [made]).run_until(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
