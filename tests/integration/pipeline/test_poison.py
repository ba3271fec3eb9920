"""What cannot be processed is set aside and holds nobody up; what feeds on itself ends."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from structlog.testing import capture_logs

from leadlight import matching, pipeline, scoring
from leadlight.app import App
from leadlight.events import Incoming
from tests.factories.pipeline import START_US, arrival, pricing, publish

LOOP: dict[str, Any] = {  # goes up and down for ever: 10, 0, 10, ...
    "rules": [
        {"key": "start", "did": "started", "points": 10},
        {"key": "down", "did": "band_changed", "points": -10, "where": {"band": "high"}},
        {"key": "up", "did": "band_changed", "points": 10, "where": {"band": "low"}},
    ],
    "bands": [{"key": "low"}, {"key": "high", "from": 10}],
}


async def wait_in_intake(app: App, *arrivals: Incoming) -> None:
    await app.intake.accept(list(arrivals))


async def work(app: App) -> None:
    while await app.engine.process_waiting():
        pass


@pytest.fixture(autouse=True)
def logs() -> Iterator[list[Any]]:
    """What is logged; written out by structlog's default it would hold every local variable, and take seconds."""
    with capture_logs() as captured:
        yield captured


@pytest.fixture
def poison(monkeypatch: pytest.MonkeyPatch) -> dict[str, bool]:
    """Events at a marked moment cannot be tallied, until the returned switch is off."""
    switch = {"on": True}
    tally = matching.tally

    def poisoned(memory, matcher_id, keep_hits, day, stage, at_us, *more):
        if switch["on"] and at_us == START_US + 13:
            raise ValueError("poison")
        return tally(memory, matcher_id, keep_hits, day, stage, at_us, *more)

    monkeypatch.setattr(matching, "tally", poisoned)
    return switch


async def test_poison_is_set_aside_and_the_rest_goes_on(
    app: App, poison, logs, client: httpx2.AsyncClient, secret_key: str
) -> None:
    await publish(app)
    good = [pricing(user_id=f"u{n}", message_id=f"m{n}") for n in range(40)]
    bad = pricing(START_US + 13, user_id="u7", message_id="bad")
    await wait_in_intake(app, *good[:20], bad, *good[20:])
    await work(app)
    assert await app.db.pool.fetchval("select count(*) from intake") == 0
    assert await app.db.pool.fetchval("select count(*) from events where kind = 'page_viewed'") == 40
    client.headers["Authorization"] = f"Bearer {secret_key}"
    (aside,) = (await client.get("/api/intake/set-aside")).json()["items"]
    assert (aside["reason"], aside["event"]["message_id"]) == ("failed", "bad")
    assert "poison" in aside["error"]
    assert [log["attempt"] for log in logs if log["event"] == "event_failed"] == [1, 2, 3]
    drops = (await client.get("/api/intake/drops")).json()["items"]
    assert [(drop["reason"], drop["count"]) for drop in drops] == [("failed", 1)]

    poison["on"] = False
    assert (await client.post(f"/api/intake/set-aside/{aside['id']}/retry")).status_code == 204
    await work(app)
    assert await app.db.pool.fetchval("select count(*) from events where message_id = 'bad'") == 1
    assert await app.db.pool.fetchval("select total from scores order by total desc limit 1") == 2200
    assert await pipeline.examine(app.engine) == []


async def test_several_poisons_in_one_batch(app: App, poison) -> None:
    await publish(app)
    batch = [pricing(START_US + (13 if n % 10 == 3 else 0), user_id=f"u{n % 6}") for n in range(60)]
    await wait_in_intake(app, *batch)
    await work(app)
    assert await app.db.pool.fetchval("select count(*) from set_aside") == 6
    assert await app.db.pool.fetchval("select count(*) from events where kind = 'page_viewed'") == 54
    poison["on"] = False
    assert await pipeline.examine(app.engine) == []


async def test_a_model_that_feeds_on_itself_ends_and_is_reported(
    app: App, client: httpx2.AsyncClient, secret_key: str
) -> None:
    await publish(app, LOOP)
    await wait_in_intake(app, arrival("started", user_id="u1"), arrival("started", user_id="u2"))
    await work(app)
    changes = await app.db.pool.fetchval("select count(*) from events where kind = 'band_changed'")
    assert 2 < changes < 40
    client.headers["Authorization"] = f"Bearer {secret_key}"
    drops = (await client.get("/api/intake/drops")).json()["items"]
    assert [(drop["source"], drop["reason"]) for drop in drops] == [("leadlight", "loop_cut")]
    assert await pipeline.examine(app.engine) == []


async def test_time_passes_for_others_when_one_contact_cannot_be_scored(
    app: App, logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    await publish(app)
    batch = [arrival("demo_watched", user_id=f"u{n}", email=f"u{n}@firma.example") for n in range(5)]
    await app.engine.process(batch, START_US)
    assert await app.db.pool.fetchval("select count(*) from scores where total = 5000") == 5
    sick = await app.db.pool.fetchval("select id from contacts where email = 'u2@firma.example'")
    rescore = scoring.rescore

    def refusing(model, score, *arguments, **more):
        if score.contact_id == sick:
            raise ValueError("cannot be scored")
        return rescore(model, score, *arguments, **more)

    monkeypatch.setattr(scoring, "rescore", refusing)
    for _ in range(10):
        await app.engine.pass_time()
    assert [log["contact_ids"] for log in logs if log["event"] == "contact_failed"] == [[str(sick)]]
    assert await app.db.pool.fetchval("select count(*) from scores where total = 0") == 4
    monkeypatch.undo()
    async with app.db.transaction() as conn:
        assert await pipeline.due.next_us(conn, ["default@2"]) is not None
