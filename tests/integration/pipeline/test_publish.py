"""Publishing beside live traffic: everyone recomputed, one swap, and back again with the same digits."""

import copy

from leadlight import definitions, pipeline
from leadlight.app import App
from leadlight.kit.days import DAY_US
from tests.factories.pipeline import MODEL, START_US, arrival, pricing, publish

DEARER = copy.deepcopy(MODEL)
DEARER["rules"][1]["points"] = 30
DEARER["rules"].append(
    {
        "key": "docs",
        "label": "Read the docs",
        "did": "page_viewed",
        "where": {"url.path": {"starts_with": "/docs"}},
        "points": 5,
    }
)


async def snapshot(app: App) -> list[tuple[object, ...]]:
    rows = await app.db.pool.fetch("select contact_id, total, fit, engagement, grade, levels from scores order by 1")
    return [tuple(row) for row in rows]


async def put(app: App, body: dict[str, object], *, announce: bool = False) -> definitions.Publication:
    async with app.db.transaction() as conn:
        revision = definitions.Revision("score-models", "default", body, author="test")
        await definitions.put(conn, app.definitions, revision, START_US)
        return await definitions.publish(conn, app.definitions, "score-models", "default", START_US, announce=announce)


async def work(app: App) -> None:
    assert await app.jobs.run_next(app.engine)
    state = await app.db.pool.fetchrow("select state, error from jobs order by created_at desc limit 1")
    assert state["state"] == "done", state["error"]


async def fill(app: App) -> None:
    await publish(app)
    for day in range(3):
        at_us = START_US + day * DAY_US
        docs = arrival("page_viewed", at_us, anonymous_id="a1", url_host="example.com", url_path="/docs/start")
        batch = [pricing(at_us, anonymous_id=f"a{n % 3}") for n in range(6)]
        batch.append(arrival("identified", at_us, anonymous_id=f"a{day}", email=f"p{day}@example.pl"))
        await app.engine.process([docs, *batch], at_us)


async def test_new_version_scores_everyone(app: App) -> None:
    await fill(app)
    publication = await put(app, DEARER)
    assert publication.job
    await work(app)
    assert await pipeline.examine(app.engine) == []
    totals = await app.db.pool.fetch("select version, total from scores order by total")
    # p0, p2: 6 views of pricing x (1 + 30); p1 as well and 3 of the docs x (1 + 5)
    assert [tuple(row) for row in totals] == [(3, 18600), (3, 18600), (3, 20400)]


async def test_rollback_gives_the_old_digits(app: App) -> None:
    await fill(app)
    before = await snapshot(app)
    await put(app, DEARER)
    await work(app)
    assert await snapshot(app) != before
    async with app.db.transaction() as conn:
        await definitions.rollback(conn, app.definitions, "score-models", "default", 2, START_US)
    await work(app)
    assert await snapshot(app) == before
    assert await pipeline.examine(app.engine) == []


async def test_publishing_hands_nobody_over(app: App) -> None:
    await fill(app)
    handed = await app.db.pool.fetchval("select count(*) from handoffs")
    await put(app, DEARER)
    await work(app)
    await app.engine.pass_time()
    assert await app.db.pool.fetchval("select count(*) from handoffs") == handed
    assert await app.db.pool.fetchval("select count(*) from scores where band = 'ready'") == 3


async def test_publishing_hands_over_when_asked(app: App) -> None:
    await fill(app)
    await put(app, DEARER, announce=True)
    await work(app)
    await app.engine.pass_time()
    rows = await app.db.pool.fetch("select version, total, band from handoffs order by total")
    assert [tuple(row) for row in rows] == [(3, 18600, "ready"), (3, 18600, "ready"), (3, 20400, "ready")]
    assert await pipeline.examine(app.engine) == []


async def test_new_matchers_go_on_counting_live(app: App) -> None:
    await fill(app)
    await put(app, DEARER)
    await work(app)
    at_us = START_US + 4 * DAY_US
    docs = arrival("page_viewed", at_us, anonymous_id="a1", url_host="example.com", url_path="/docs/more")
    await app.engine.process([docs], at_us)
    assert await pipeline.examine(app.engine) == []
    states = await app.db.pool.fetch("select distinct state from matchers")
    assert [row["state"] for row in states] == ["live"]
