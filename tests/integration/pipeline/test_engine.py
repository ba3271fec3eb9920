"""From arrivals to scores, bands and hand-offs, in one transaction."""

from typing import Any

import pytest

from leadlight import pipeline
from leadlight.app import App
from leadlight.kit.days import DAY_US
from tests.factories.pipeline import MODEL, START_US, arrival, pricing, publish


@pytest.fixture
async def scored(app: App) -> App:
    await publish(app)
    return app


async def totals(app: App) -> dict[str, float]:
    rows = await app.db.pool.fetch(
        "select coalesce(email, '') as who, total from scores join contacts on id = contact_id"
    )
    return {row["who"]: row["total"] / 100 for row in rows}


async def test_anonymous_history_follows_the_known_person(scored: App) -> None:
    await scored.engine.process([pricing(anonymous_id="a1"), pricing(anonymous_id="a1")], START_US)
    assert await totals(scored) == {"": 22}  # 2 x (1 + 10)
    known = arrival("identified", anonymous_id="a1", email="ana@example.hr", traits={"country": "HR"})
    await scored.engine.process([known], START_US)
    assert await totals(scored) == {"ana@example.hr": 42}  # 22 + 20


async def test_same_message_counts_once(scored: App) -> None:
    once = pricing(user_id="u1", message_id="m1")
    await scored.engine.process([once, once], START_US)
    await scored.engine.process([once], START_US)
    assert await totals(scored) == {"": 11}
    assert await scored.db.pool.fetchval("select sum(count) from drops where reason = 'duplicate'") == 2


async def test_crossing_opens_one_hand_off(scored: App) -> None:
    lead: dict[str, Any] = {"user_id": "u1", "email": "jan@example.pl"}
    batch = [arrival("demo_watched", **lead), pricing(**lead), pricing(**lead), pricing(**lead)]
    await scored.engine.process(batch, START_US)
    [row] = await scored.db.pool.fetch("select state, total, band from handoffs")
    assert (row["state"], row["total"], row["band"]) == ("open", 7200, "ready")  # 50 + 11 + 11
    kinds = [row["kind"] for row in await scored.db.pool.fetch("select kind from events order by xid, kind")]
    assert kinds.count("band_changed") == 2
    assert kinds.count("hand_off_opened") == 1


async def test_points_expire_on_day_31_once(scored: App) -> None:
    lead: dict[str, Any] = {"user_id": "u1", "email": "jan@example.pl"}
    await scored.engine.process([arrival("demo_watched", **lead)], START_US)
    async with scored.db.connection() as conn:
        assert await pipeline.due.next_us(conn, ["default@2"]) == START_US + 31 * DAY_US


async def test_lines_sum_to_the_total(scored: App) -> None:
    await scored.engine.process([pricing(user_id="u1") for _ in range(3)], START_US)
    contact_id = await scored.db.pool.fetchval("select id from contacts")
    [explained] = await pipeline.statements(scored.engine, contact_id)
    lines = explained.statement.lines
    assert sum(line.points_hundredths for line in lines if line.level == "global") == explained.statement.total == 2300
    assert explained.statement.levels == {"tag:product-a": 2000}


LARGE = {"key": "large", "label": "Large firm", "when": {"field": "account.employees", "gte": 1000}, "points": 5}


async def test_colleagues_follow_their_account_whatever_happens_meanwhile(app: App) -> None:
    await publish(app, MODEL | {"rules": [*MODEL["rules"], LARGE]})
    grouped: dict[str, Any] = {"kind": "grouped", "group_id": "g"}
    for who in ("u1", "u2", "u3"):
        await app.engine.process([arrival(user_id=who, **grouped), pricing(user_id=who)], START_US)
    grown = arrival(user_id="u1", traits={"employees": 2000}, **grouped)
    await app.engine.process([pricing(user_id="u2"), grown], START_US)
    await app.engine.process([pricing(user_id="u3")], START_US)
    await app.engine.pass_time()
    rows = await app.db.pool.fetch("select total from scores order by total")
    assert [row["total"] for row in rows] == [1600, 2700, 2700]  # 11 + 5; 2 x 11 + 5
