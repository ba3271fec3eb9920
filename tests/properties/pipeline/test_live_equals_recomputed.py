"""Whatever happens, in any order and any batches: every live line equals its recomputation from history."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadlight import people, pipeline
from leadlight.app import App
from leadlight.kit.clock import DatabaseClock
from leadlight.kit.config import Settings
from leadlight.kit.days import DAY_US, SECOND_US
from tests.factories.pipeline import arrival, publish

MODEL = {
    "label": "Everything at once",
    "groups": [{"key": "web", "cap": 25, "floor": -5}],
    "rules": [
        {
            "key": "page",
            "label": "Page",
            "did": "page_viewed",
            "points": 1.5,
            "limits": {"day": 2, "week": 5},
            "group": "web",
        },
        {
            "key": "pricing",
            "label": "Pricing",
            "did": "page_viewed",
            "where": {"url.path": {"contains_word": "pricing"}},
            "points": 10,
            "limits": {"month": 3},
            "fade": {"half_life": "7d"},
            "levels": {"stage": True, "tags": ["a", "b"]},
            "group": "web",
        },
        {
            "key": "careers",
            "label": "Careers",
            "did": "page_viewed",
            "where": {"url.path": "/careers"},
            "points": -20,
            "group": "web",
        },
        {
            "key": "order",
            "label": "Ordered",
            "did": "ordered",
            "points_per": "value",
            "points": 0.1,
            "fade": {"linear": "20d"},
        },
        {
            "key": "demo",
            "label": "Demo",
            "did": "demo_watched",
            "points": 30,
            "limits": {"ever": 1},
            "fade": {"expire": "5d"},
            "levels": {"stage": True},
        },
        {
            "key": "idle",
            "label": "Idle",
            "when": {"not": {"did": "*", "within": "3d"}},
            "dimension": "engagement",
            "points": -7,
        },
        {
            "key": "hours",
            "label": "Twice in two hours",
            "when": {"did": "page_viewed", "at_least": 2, "within": "2h"},
            "dimension": "engagement",
            "points": 4,
        },
        {"key": "home", "label": "Home", "when": {"field": "contact.country", "in": ["PL"]}, "points": 20},
        {"key": "lead", "label": "Is a lead", "when": {"field": "contact.stage", "is": "lead"}, "points": 3},
    ],
    "bands": [
        {"key": "cold", "label": "Cold"},
        {"key": "ready", "label": "Ready", "from": 40, "leave_below": 30, "cool_down": "2d"},
    ],
    "grade": {"fit": [20, 10, 5], "engagement": [60, 30, 10]},
    "sales_ready": "ready",
    "floor": -10,
    "cap": 90,
}

PEOPLE = 3
events = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["page_viewed", "page_viewed", "page_viewed", "ordered", "demo_watched", "identified"]),
        "path": st.sampled_from(["/pricing", "/", "/careers"]),
        "value": st.sampled_from([0, 0.01, 19.99, 12.345678, -3, 100, "no number"]),
        "browser": st.none() | st.integers(0, 2),
        "who": st.none() | st.integers(0, PEOPLE - 1),
        "late_us": st.sampled_from([0, 1, 60 * SECOND_US, 3 * 3600 * SECOND_US, DAY_US, 4 * DAY_US, 40 * DAY_US]),
        "excluded": st.sampled_from([None, None, None, None, "bot"]),
    }
).filter(lambda event: event["browser"] is not None or event["who"] is not None)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("events"), st.lists(events, min_size=1, max_size=8)),
        st.tuples(st.just("again"), st.integers(0, 20)),
        st.tuples(st.just("wait"), st.sampled_from([SECOND_US, 3600 * SECOND_US, DAY_US, 6 * DAY_US])),
        st.tuples(st.just("stage"), st.tuples(st.integers(0, PEOPLE - 1), st.sampled_from(["lead", "customer", ""]))),
        st.tuples(st.just("merge"), st.tuples(st.integers(0, PEOPLE - 1), st.integers(0, PEOPLE - 1))),
        st.tuples(st.just("unmerge"), st.integers(0, PEOPLE - 1)),
    ),
    min_size=1,
    max_size=14,
)


@pytest.fixture
def settings_with_clock(settings: Settings) -> Settings:
    return replace(settings, test_clock="2024-10-04T00:00:00Z")


@pytest.fixture
async def clocked(settings_with_clock: Settings, database) -> App:
    app = await App.on(settings_with_clock, database)
    await publish(app, MODEL)
    return app


class World:
    """One history, told to the pipeline step by step; ids are its own, so that many fit into one workspace."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.run = uuid4().hex[:8]
        self.sent = []
        self.contacts = {}

    async def now_us(self) -> int:
        async with self.app.db.connection() as conn:
            return await self.app.clock.now_us(conn)

    async def events(self, listed) -> None:
        now_us = await self.now_us()
        batch = [self.arrival(event, now_us) for event in listed]
        self.sent += batch
        await self.app.engine.process(batch)

    def arrival(self, event, now_us: int):
        at_us = now_us - event["late_us"]
        names = {}
        if event["browser"] is not None:
            names["anonymous_id"] = f"{self.run}-b{event['browser']}"
        if event["who"] is not None:
            names |= {"user_id": f"{self.run}-u{event['who']}", "email": f"{self.run}-{event['who']}@example.pl"}
        traits = {"country": "PL"} if event["kind"] == "identified" else {}
        return arrival(
            event["kind"],
            at_us,
            url_host="example.pl",
            url_path=event["path"],
            traits=traits,
            excluded=event["excluded"],
            properties={"value": event["value"]},
            received_us=now_us,
            **names,
        )

    async def again(self, number: int) -> None:
        if self.sent:
            await self.app.engine.process([self.sent[number % len(self.sent)]])

    async def wait(self, duration_us: int) -> None:
        clock = self.app.clock
        assert isinstance(clock, DatabaseClock)
        async with self.app.db.transaction() as conn:
            await clock.move(conn, await clock.now_us(conn) + duration_us)
        while await self.app.engine.pass_time():
            pass

    async def contact(self, who: int):
        return await self.app.db.pool.fetchval(
            "select contact_id from identifiers join subjects on id = subject_id where identifiers.kind = 'user_id' and value = $1",
            f"{self.run}-u{who}",
        )

    async def stage(self, change) -> None:
        contact_id = await self.contact(change[0])
        if contact_id:
            await self.app.engine.change([people.SetStage(contact_id=contact_id, stage=change[1])])

    async def merge(self, pair) -> None:
        into, other = await self.contact(pair[0]), await self.contact(pair[1])
        if into and other and into != other:
            self.contacts[pair[1]] = other
            await self.app.engine.change([people.Merge(contact_id=into, other=other)])

    async def unmerge(self, who: int) -> None:
        merged = self.contacts.pop(who, None)
        if merged:
            try:
                await self.app.engine.change([people.Unmerge(merged=merged)])
            except people.UnknownMerge:
                return


async def law(app: App, story) -> None:
    world = World(app)
    for verb, argument in story:
        await getattr(world, verb)(argument)
    assert await pipeline.examine(app.engine) == []


GENERAL: dict[str, Any] = {"deadline": None, "suppress_health_check": list(HealthCheck)}


@settings(max_examples=12, **GENERAL)
@given(steps)
async def test_every_line_of_a_history(clocked: App, story) -> None:
    await law(clocked, story)


@pytest.mark.slow
@pytest.mark.timeout(3_000)
@settings(max_examples=300, **GENERAL)
@given(steps)
async def test_every_line_of_many_histories(clocked: App, story) -> None:
    await law(clocked, story)
