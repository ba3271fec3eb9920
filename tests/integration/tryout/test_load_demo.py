"""The demo lives its year through the real pipeline, once, whatever happens meanwhile."""

from collections import Counter
from datetime import timedelta

import pytest

from leadlight import handoff, pipeline
from leadlight.app import App
from leadlight.kit import jobs
from leadlight.kit.clock import machine_us
from leadlight.kit.days import DAY_US
from leadlight.tryout import load_demo
from leadlight.tryout.demo import loader
from tests.factories.pipeline import arrival

SCALE = 0.03
EVENTS = 7_500


@pytest.fixture
def small_steps(monkeypatch):
    monkeypatch.setattr(loader, "STRETCH", 1000)


async def test_a_year_has_been_lived(app: App) -> None:
    await load_demo(app, SCALE)
    assert await app.db.pool.fetchval("select count(*) from events where source = 'demo'") == EVENTS
    row = await app.db.pool.fetchrow("select state, done, total from jobs where kind = 'relive'")
    assert tuple(row) == ("done", EVENTS, EVENTS)
    assert await app.db.pool.fetchval("select count(*) from contacts where known") == 150
    lasted = await app.db.pool.fetchval("select max(at) - min(at) from events where kind = 'band_changed'")
    assert lasted > timedelta(days=300)
    assert await pipeline.examine(app.engine) == []


async def test_old_hand_offs_are_answered(app: App) -> None:
    await load_demo(app, SCALE)
    async with app.db.connection() as conn:
        hand_offs = await handoff.listed(conn, handoff.Filter(), None, 1000)
    states = Counter(each.state for each in hand_offs)
    assert {handoff.State.REJECTED, handoff.State.CONTACTED} <= set(states)
    late_us = machine_us() - 10 * DAY_US
    assert not [each for each in hand_offs if each.state is handoff.State.OPEN and each.opened_at_us < late_us]
    assert all(each.answered_at_us > each.opened_at_us for each in hand_offs if each.answered_at_us)


async def test_second_start_has_nothing_to_do(app: App) -> None:
    await load_demo(app, SCALE)
    before = await app.db.pool.fetchval("select count(*) from events")
    await load_demo(app, SCALE)
    assert await app.db.pool.fetchval("select count(*) from events") == before
    assert await app.db.pool.fetchval("select count(*) from jobs where kind = 'relive'") == 1


async def test_workspace_with_contacts_is_left_alone(app: App) -> None:
    await app.engine.process([arrival("page_viewed", machine_us(), anonymous_id="somebody")])
    await load_demo(app, SCALE)
    assert await app.db.pool.fetchval("select count(*) from events") == 1


async def test_killed_load_goes_on_without_doubles(app: App, small_steps, monkeypatch) -> None:
    await begin_and_die(app, monkeypatch)
    assert 2000 <= await app.db.pool.fetchval("select count(*) from events where source = 'demo'") < EVENTS
    async with app.db.connection() as conn:
        assert await jobs.is_open(conn, pipeline.RELIVING)
    await load_demo(app, SCALE)
    assert await app.db.pool.fetchval("select count(*) from events where source = 'demo'") == EVENTS
    assert await pipeline.examine(app.engine) == []


async def test_time_stands_still_elsewhere_meanwhile(app: App, small_steps, monkeypatch) -> None:
    await begin_and_die(app, monkeypatch)
    assert await app.engine.pass_time() == 0
    await load_demo(app, SCALE)
    assert await app.engine.pass_time() > 0


async def begin_and_die(app: App, monkeypatch) -> None:
    """A load whose process is gone after a stretch was stored and before that was noted."""
    with monkeypatch.context() as patch:
        patch.setattr(loader.Year, "live", dying(loader.Year.live))
        patch.setattr(jobs.Job, "finish", never)
        with pytest.raises(Killed):
            await load_demo(app, SCALE)


class Killed(BaseException):
    pass


def dying(live):
    async def live_twice(year, calls):
        await live(year, calls)
        if year.done >= 2000:
            raise Killed

    return live_twice


async def never(*_args, **_more):
    raise Killed
