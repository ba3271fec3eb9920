"""Scores as the outside sees them: every feature of a model, by hand-computed sums, over HTTP alone."""

from decimal import Decimal
from typing import Any

import pytest

from tests.factories.outside import DAY_SECONDS, Outsider

pytestmark = pytest.mark.xdist_group("outside")  # one server for all

BANDS = [{"key": "cold", "label": "Cold"}, {"key": "warm", "label": "Warm", "from": 30, "leave_below": 25}]
LINE = {"rule", "label", "level", "day", "matched", "counted", "points"}
STATEMENT = {"model", "version", "as_of", "total", "fit", "engagement", "band", "grade", "levels", "lines"}


def model(*rules: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"label": "Contract", "rules": list(rules), "bands": BANDS, **more}


def rule(key: str, did: str, points: float, **more: Any) -> dict[str, Any]:
    return {"key": key, "label": key.title(), "did": did, "points": points, **more}


def someone(outside: Outsider, name: str) -> tuple[str, dict[str, str]]:
    """A known person: contact id, and how their calls name them."""
    outside.send("identify", userId=name, traits={"email": f"{name}@gmail.com"})
    outside.settle()
    return outside.contact(user_id=name)["id"], {"userId": name}


def points(statement: Any, level: str = "global") -> dict[str, Decimal]:
    """Points by rule."""
    found: dict[str, Decimal] = {}
    for line in statement["lines"]:
        if line["level"] == level:
            found[line["rule"]] = found.get(line["rule"], Decimal(0)) + line["points"]
    return found


def test_anonymous_history_becomes_a_known_score(outside: Outsider) -> None:
    for _ in range(2):
        outside.send("page", anonymousId="story-1", properties={"url": "https://shop.example/pricing?plan=pro"})
    outside.settle()
    visitor = outside.contact(anonymous_id="story-1")
    assert not visitor["known"]
    assert visitor["scores"]["default"]["total"] == 10  # 2 x 1 page + 8 pricing, once a day
    outside.send(
        "identify", anonymousId="story-1", userId="story-1", traits={"email": "Ana@Story.example", "country": "HR"}
    )
    outside.settle()
    known = outside.contact(email="ana@story.example")
    assert known["scores"]["default"]["total"] == 25  # + 10 home market + 5 work e-mail
    statement = outside.statement(known["id"])
    assert statement.keys() == STATEMENT
    assert all(line.keys() == LINE for line in statement["lines"])
    assert (statement["fit"], statement["engagement"], statement["band"]) == (15, 10, "cold")
    assert points(statement) == {"country": 10, "work-email": 5, "page": 2, "pricing-page": 8}
    assert outside.get(f"/contacts/{visitor['id']}")["id"] == known["id"]


def test_limits_count_the_earliest(outside: Outsider) -> None:
    limits = {"d": {"day": 2}, "w": {"week": 3}, "m": {"month": 4}, "e": {"ever": 5}}
    outside.publish(
        "score-models", "limits", model(*(rule(key, "limited", 1, limits=to) for key, to in limits.items()))
    )
    contact_id, user = someone(outside, "limits")
    for day in ("2026-01-27", "2026-01-28", "2026-02-03"):  # Tuesday, Wednesday, Tuesday of the next week and month
        for hour in ("10", "11", "12"):
            outside.send("track", **user, event="Limited", timestamp=f"{day}T{hour}:00:00Z")
    outside.settle()
    statement = outside.statement(contact_id, "limits")
    # day 2+2+2; week 3 | 3; month 4 | 3; ever 5
    assert points(statement) == {"d": 6, "w": 6, "m": 7, "e": 5}
    lines = {(line["rule"], line["day"]): (line["matched"], line["counted"]) for line in statement["lines"]}
    assert lines["w", "2026-01-28"] == (3, 0)
    assert lines["m", "2026-01-28"] == (3, 1)
    assert lines["e", "2026-02-03"] == (3, 0)


def test_groups_floors_and_levels(outside: Outsider) -> None:
    body = model(
        rule("good", "rated_well", 20, group="web", levels={"stage": True, "tags": ["product-a"]}),
        rule("bad", "rated_badly", -50, levels={"tags": ["product-a"]}),
        groups=[{"key": "web", "cap": 30}],
        floor=-10,
    )
    outside.publish("score-models", "levels", body)
    contact_id, user = someone(outside, "levels")
    outside.api("PATCH", f"/contacts/{contact_id}", json={"stage": "lead", "tags": {"add": ["vip"], "remove": []}})
    for event in ("Rated Well", "Rated Well", "Rated Badly"):
        outside.send("track", **user, event=event)
    outside.settle()
    statement = outside.statement(contact_id, "levels")
    assert points(statement) == {"good": 40, "bad": -50, "cap:web": -10, "floor": 10}
    assert points(statement, "stage:lead") == {"good": 40, "cap:web": -10}
    assert points(statement, "tag:product-a") == {"good": 40, "bad": -50, "cap:web": -10, "floor": 10}
    assert statement["levels"] == {"stage:lead": 30, "tag:product-a": -10}
    assert statement["total"] == -10


def test_fading_by_hand(outside: Outsider) -> None:
    body = model(
        rule("half", "faded", 20, fade={"half_life": "10d"}),
        rule("linear", "faded", 10, fade={"linear": "20d"}),
        rule("both", "faded", 20, fade={"half_life": "10d", "linear": "20d", "expire": "15d"}),
    )
    outside.publish("score-models", "fading", body)
    contact_id, user = someone(outside, "fading")
    outside.send("track", **user, event="Faded")
    outside.settle()
    seen, today = {}, 0
    for day in (0, 1, 3, 10, 14, 15):
        outside.advance(day - today)
        today = day
        statement = outside.statement(contact_id, "fading")
        seen[day] = {key: str(value) for key, value in points(statement).items()}
        assert outside.contact(user_id="fading")["scores"]["fading"]["total"] == float(statement["total"])
    assert seen == {
        0: {"half": "20.0", "linear": "10.0", "both": "20.0"},
        1: {"half": "18.66", "linear": "9.5", "both": "17.72"},  # 20/2^0.1 = 18.660; x 19/20 = 17.727
        3: {"half": "16.24", "linear": "8.5", "both": "13.8"},  # 20/2^0.3 = 16.245; x 17/20 = 13.808
        10: {"half": "10.0", "linear": "5.0", "both": "5.0"},
        14: {"half": "7.57", "linear": "3.0", "both": "2.27"},  # 20/2^1.4 = 7.578; x 6/20 = 2.273
        15: {"half": "7.07", "linear": "2.5"},
    }


def test_points_expire_on_day_31_exactly_once(outside: Outsider) -> None:
    outside.publish("score-models", "expiry", model(rule("demo", "demo_shown", 50, fade={"expire": "31d"})))
    contact_id, user = someone(outside, "expiry")
    outside.send("track", **user, event="Demo Shown")
    outside.settle()

    def bands() -> list[tuple[str, str]]:
        changes = [event["properties"] for event in outside.events(contact_id, "band_changed")]
        return [(change["before"], change["band"]) for change in changes if change["model"] == "expiry"][::-1]

    assert bands() == [("cold", "warm")]
    outside.advance(30)
    assert (outside.statement(contact_id, "expiry")["total"], bands()) == (50, [("cold", "warm")])
    outside.advance(1)
    assert (outside.statement(contact_id, "expiry")["total"], bands()) == (0, [("cold", "warm"), ("warm", "cold")])
    outside.advance(3)
    assert bands() == [("cold", "warm"), ("warm", "cold")]


def test_bands_have_patience(outside: Outsider) -> None:
    bands = [*BANDS, {"key": "hot", "label": "Hot", "from": 60, "leave_below": 50, "cool_down": "7d"}]
    outside.publish("score-models", "bands", model(rule("up", "went_up", 1, points_per="by"), bands=bands))
    contact_id, user = someone(outside, "bands")

    def move(by: float) -> tuple[float, str]:
        outside.send("track", **user, event="Went Up", properties={"by": by})
        outside.settle()
        statement = outside.statement(contact_id, "bands")
        return float(statement["total"]), statement["band"]

    moves = [move(by) for by in (29.99, 0.01, -5, 35, -10, -0.01, 10.01)]
    assert moves == [
        (29.99, "cold"),
        (30, "warm"),
        (25, "warm"),
        (60, "hot"),
        (50, "hot"),
        (49.99, "warm"),
        (60, "warm"),
    ]
    outside.advance(6.9)
    assert outside.statement(contact_id, "bands")["band"] == "warm"
    outside.advance(0.2)
    assert outside.statement(contact_id, "bands")["band"] == "hot"
    entered = [event for event in outside.events(contact_id, "band_changed") if event["properties"]["model"] == "bands"]
    assert [event["properties"]["band"] for event in entered][::-1] == ["warm", "hot", "warm", "hot"]


def test_states_sequences_windows_and_aggregates(outside: Outsider) -> None:
    def state(key: str, when: dict[str, Any]) -> dict[str, Any]:
        return {"key": key, "label": key, "points": 1, "when": when}

    outside.publish(
        "fields", "plan", {"field": "contact.plan", "label": "Plan", "type": "choice", "options": ["pro", "free"]}
    )
    body = model(
        state("spent", {"did": "bought", "sum_of": "total", "at_least": 100, "within": "90d"}),
        state("hours", {"did": "bought", "at_least": 2, "within": "2h"}),
        state("order", {"sequence": [{"did": "looked"}, {"did": "bought"}], "within": "1d"}),
        state("never", {"did": "returned", "never": True}),
        state("either", {"any": [{"field": "contact.plan", "is": "pro"}, {"not": {"did": "looked"}}]}),
    )
    outside.publish("score-models", "states", body)
    contact_id, user = someone(outside, "states")

    def holding() -> set[str]:
        outside.settle()
        return set(points(outside.statement(contact_id, "states")))

    assert holding() == {"never", "either"}
    outside.send("track", **user, event="Looked")
    assert holding() == {"never"}
    outside.advance(60 / DAY_SECONDS)
    outside.send("track", **user, event="Bought", properties={"total": 60})
    outside.send("track", **user, event="Bought", properties={"total": 39.99})
    assert holding() == {"never", "hours", "order"}
    outside.send("track", **user, event="Bought", properties={"total": 0.01})
    outside.send("identify", **user, traits={"plan": "pro"})
    assert holding() == {"never", "hours", "order", "spent", "either"}
    outside.advance((7200 - 1) / DAY_SECONDS)
    assert "hours" in holding()
    outside.advance(1 / DAY_SECONDS)
    assert "hours" not in holding()
    assert outside.contact(user_id="states")["scores"]["states"]["total"] == 4
