"""Live equals recomputed, and the doctor notices when it does not."""

from leadlight import people, pipeline
from leadlight.app import App
from leadlight.kit.days import DAY_US
from tests.factories.pipeline import START_US, arrival, pricing, publish


async def fill(app: App) -> None:
    await publish(app)
    for day in range(3):
        at_us = START_US + day * DAY_US
        batch = [pricing(at_us, anonymous_id=f"a{n % 3}") for n in range(6)]
        batch.append(
            arrival("identified", at_us, anonymous_id=f"a{day}", email=f"p{day}@example.pl", traits={"country": "PL"})
        )
        await app.engine.process(batch, at_us)


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


async def test_tampered_total_is_found(app: App) -> None:
    await fill(app)
    await app.db.pool.execute("update scores set total = total + 1")
    findings = await pipeline.examine(app.engine)
    assert findings
    assert "stored total" in findings[0].what
