"""Live equals recomputed, and the doctor notices when it does not."""

from dataclasses import replace

import pytest

from leadlight import matching, people, pipeline
from leadlight.app import App
from leadlight.events import Incoming
from leadlight.kit.config import Settings
from leadlight.kit.days import DAY_US
from leadlight.kit.db import Database
from tests.factories.pipeline import START_US, arrival, pricing, publish


async def fill(app: App, *more: Incoming) -> None:
    await publish(app)
    for day in range(3):
        at_us = START_US + day * DAY_US
        batch = [pricing(at_us, anonymous_id=f"a{n % 3}") for n in range(6)]
        batch.append(
            arrival("identified", at_us, anonymous_id=f"a{day}", email=f"p{day}@example.pl", traits={"country": "PL"})
        )
        await app.engine.process(batch, at_us)
    await app.engine.process(more)


async def test_well_after_ordinary_days(app: App) -> None:
    await fill(app)
    assert await pipeline.examine(app.engine) == []


async def test_well_with_stages_and_merges(app: App) -> None:
    await fill(app)
    rows = await app.db.pool.fetch("select id from contacts where merged_into is null and known order by email")
    one, two = rows[0]["id"], rows[1]["id"]
    await app.engine.change([people.SetStage(contact_id=one, stage="lead")])
    await app.engine.process([pricing(START_US + 9 * DAY_US, email="p0@example.pl")])
    await app.engine.change([people.Merge(contact_id=one, other=two)])
    await app.engine.process([pricing(START_US + 9 * DAY_US, email="p1@example.pl")])
    assert await pipeline.examine(app.engine) == []
    await app.engine.change([people.Unmerge(merged=two)])
    assert await pipeline.examine(app.engine) == []


async def test_tampered_memory_is_found(app: App) -> None:
    await fill(app)
    await app.db.pool.execute(
        "delete from memories where subject_id = (select min(subject_id::text)::uuid from memories)"
    )
    assert await pipeline.examine(app.engine)


@pytest.mark.parametrize(
    ("tampering", "told"),
    [
        ("update scores set fit = fit + 1, total = total + 1", "stored fit is 20.01"),
        ("update scores set grade = 'D4'", "stored grade is D4"),
        ("update scores set band = 'cold'", "stored band is cold"),
        ("update scores set levels = '{}'", "tag:product-a is missing"),
        ("update scores set sums = (select sums from scores order by total limit 1)", "sums of its rules"),
        ("delete from due", "no moment is noted"),
        ("delete from scores", "no stored score"),
        ("update memories set body = (select body from memories order by length(body) limit 1)", "only recomputed"),
    ],
)
async def test_whatever_was_tampered_with_is_found_and_repaired(
    settings: Settings, database: Database, tampering: str, told: str
) -> None:
    app = await App.on(replace(settings, test_clock="2024-10-06T12:00:00Z"), database)
    await fill(app, arrival("demo_watched", START_US + 2 * DAY_US, anonymous_id="a2"))
    before = await state_of(app)
    await app.db.pool.execute(tampering)
    findings = await pipeline.examine(app.engine)
    assert any(told in finding.what for finding in findings), findings
    count, left = await pipeline.repair(app.engine)
    assert (count > 0, left) == (True, [])
    assert await state_of(app) == before


async def state_of(app: App) -> list[tuple[object, ...]]:
    """All that is known of scores and memories, but for when somebody was looked at."""
    scores = await app.db.pool.fetch(
        "select contact_id, total, fit, engagement, grade, band, levels, at from scores"
        " left join due using (contact_id) order by 1"
    )
    async with app.db.connection() as conn:
        memories = await matching.load(conn, [row[0] for row in await conn.fetch("select id from subjects")])
    events = await app.db.pool.fetch("select count(*) from events union all select count(*) from handoffs")
    return [*map(tuple, scores), *sorted((key, repr(memory)) for key, memory in memories.items()), *map(tuple, events)]


async def test_tampered_total_is_found(app: App) -> None:
    await fill(app)
    await app.db.pool.execute("update scores set total = total + 1")
    findings = await pipeline.examine(app.engine)
    assert findings
    assert "stored total" in findings[0].what
