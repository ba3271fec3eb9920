"""Two engines, merges and a publication at once: nobody waits for ever, nothing is doubled, all adds up."""

import asyncio
import copy
import random
from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from leadlight import definitions, people, pipeline
from leadlight.app import App
from leadlight.events import Incoming
from leadlight.kit.config import Settings
from leadlight.kit.db import Database
from leadlight.kit.jobs import cancel_job, job_state
from leadlight.pipeline import publish as publishing
from tests.factories.pipeline import MODEL, START_US, arrival, pricing, publish

PEOPLE = 24
DEARER = copy.deepcopy(MODEL)
DEARER["rules"][0]["points"] = 3
DEARER["rules"].append({"key": "docs", "did": "page_viewed", "where": {"url.path": {"glob": "/d*"}}, "points": 5})


@pytest.fixture
async def other(app: App, settings: Settings) -> AsyncIterator[App]:
    """A second process's hold on the same workspace."""
    opened = await App.on(settings, await Database.open(settings))
    yield opened
    await opened.close()


def some_events(dice: random.Random, count: int) -> list[Incoming]:
    """Views of a few people, who become known now and then, on a few browsers, in a few companies."""
    found = []
    for _ in range(count):
        who, at_us = dice.randrange(PEOPLE), START_US + dice.randrange(10**12)
        person = {"user_id": f"u{who}", "email": f"u{who}@firma{who % 3}.example"}
        names = dice.choice([{"anonymous_id": f"a{who}"}, person, {"anonymous_id": f"a{who % 20}", **person}])
        kind = dice.choice(["page_viewed", "page_viewed", "demo_watched", "identified", "grouped"])
        if kind == "page_viewed":
            path = dice.choice(["/pricing", "/docs", "/"])
            found.append(arrival(kind, at_us, url_host="example.com", url_path=path, **names))
        elif kind == "grouped":
            found.append(arrival(kind, at_us, group_id=f"g{who % 4}", traits={"name": f"G{who}"}, **names))
        else:
            found.append(arrival(kind, at_us, traits={"country": dice.choice(["PL", "DE"])}, **names))
    return found


async def publish_later(app: App, body: dict[str, object]) -> UUID:
    async with app.db.transaction() as conn:
        await definitions.put(
            conn, app.definitions, definitions.Revision("score-models", "default", body, "test"), START_US
        )
        return (await definitions.publish(conn, app.definitions, "score-models", "default", START_US)).job


async def work(app: App, done: asyncio.Event) -> None:
    while await app.engine.process_waiting(lanes=2, limit=40) or not done.is_set():
        await app.engine.pass_time(20)
        await asyncio.sleep(0)


async def merge_and_unmerge(app: App, dice: random.Random, times: int) -> None:
    for _ in range(times):
        rows = await app.db.pool.fetch("select id from contacts where merged_into is null and known")
        if len(rows) < 2:
            continue
        one, two = dice.sample([row["id"] for row in rows], 2)
        await app.engine.change([people.Merge(contact_id=one, other=two)])
        if dice.random() < 0.5:
            await app.engine.change([people.Unmerge(merged=two)])
        if dice.random() < 0.5:
            await app.engine.change([people.SetStage(contact_id=one, stage=dice.choice(["lead", "customer"]))])


async def assert_all_is_well(app: App, sent: int) -> None:
    while await app.engine.process_waiting() or await app.engine.pass_time():
        pass
    assert await app.db.pool.fetch("select error from set_aside") == []
    assert await app.db.pool.fetchval("select count(*) from events where source = 'test'") == sent
    assert await pipeline.examine(app.engine) == []
    doubled = (
        "select contact_id from handoffs where state in ('open', 'accepted') group by 1, model having count(*) > 1"
    )
    assert await app.db.pool.fetch(doubled) == []


async def storm(app: App, other: App, events: int, merges: int) -> None:
    dice = random.Random(7)
    await publish(app)
    sent = some_events(dice, events)
    await app.intake.accept(sent[: events // 2])
    done = asyncio.Event()
    working = [asyncio.create_task(work(each, done)) for each in (app, other)]
    await app.intake.accept(sent[events // 2 : -events // 4])
    job = await publish_later(app, DEARER)
    publication = asyncio.create_task(other.jobs.run_next(other.engine))
    merging = asyncio.create_task(merge_and_unmerge(app, dice, merges))
    await app.intake.accept(sent[-events // 4 :])
    await asyncio.gather(publication, merging)
    done.set()
    await asyncio.gather(*working)
    async with app.db.connection() as conn:
        state = await job_state(conn, job)
    assert state.state == "done", state.error
    assert await app.db.pool.fetchval("select count(distinct version) from scores") == 1
    await assert_all_is_well(app, events)


async def test_publishing_among_events_and_merges(app: App, other: App) -> None:
    await storm(app, other, events=200, merges=6)


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_publishing_among_many_events_and_merges(app: App, other: App) -> None:
    await storm(app, other, events=4_000, merges=80)


async def test_two_engines_on_the_same_people(app: App, other: App) -> None:
    await publish(app)
    batches = [
        [pricing(user_id=f"u{n % 5}", anonymous_id=f"a{n % 7}") for n in range(turn, turn + 20)] for turn in range(8)
    ]
    same = [pricing(user_id="u1", message_id="same")]
    engines = (app.engine, other.engine)
    await asyncio.gather(*(engines[n % 2].process([*batch, *same], START_US) for n, batch in enumerate(batches)))
    await assert_all_is_well(app, 161)


async def test_a_cancelled_publication_leaves_nothing(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "AT_ONCE", 1)
    await publish(app)
    await app.engine.process([pricing(user_id=f"u{n}") for n in range(30)], START_US)
    before = await app.db.pool.fetch("select contact_id, version, total from scores order by 1")
    job = await publish_later(app, DEARER)
    running = asyncio.create_task(app.jobs.run_next(app.engine))
    while not await app.db.pool.fetchval("select exists (select from scores where version = 3)"):
        assert not running.done()
        await asyncio.sleep(0)
    async with app.db.transaction() as conn:
        await cancel_job(conn, job)
    await running
    async with app.db.connection() as conn:
        assert (await job_state(conn, job)).state == "cancelled"
        assert (await definitions.read(conn, "score-models", "default")).version == 3  # the draft stays
    assert await app.db.pool.fetch("select contact_id, version, total from scores order by 1") == before
    assert await app.db.pool.fetchval("select count(*) from due where reason = 'default@3'") == 0
    await app.engine.process([pricing(user_id="u1")], START_US)
    assert await pipeline.examine(app.engine) == []
