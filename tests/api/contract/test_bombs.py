"""Definitions made to be costly are refused, or cost little."""

import time
from typing import Any

import pytest

from tests.factories.outside import Outsider

pytestmark = pytest.mark.xdist_group("outside")  # one server for all

ROUNDS = 12


def nested(depth: int) -> dict[str, Any]:
    condition: dict[str, Any] = {"did": "x"}
    for _ in range(depth):
        condition = {"not": condition}
    return condition


def model(*rules: dict[str, Any]) -> dict[str, Any]:
    return {"rules": list(rules), "bands": [{"key": "cold"}]}


BOMBS = {
    "deep": model({"key": "a", "points": 1, "when": nested(60)}),
    "very deep": model({"key": "a", "points": 1, "when": nested(800)}),
    "wide": model({"key": "a", "points": 1, "when": {"all": [{"did": f"x{n}"} for n in range(20_000)]}}),
    "many rules": model(*({"key": f"r{n}", "did": "x", "points": 1} for n in range(5_000))),
    "repeated regex": model(
        {"key": "a", "did": "x", "points": 1, "where": {"p": {"matches": "((a{1,1000}){1,1000}){1,1000}"}}}
    ),
    "long regex": model({"key": "a", "did": "x", "points": 1, "where": {"p": {"matches": "(a|b)*" * 20_000}}}),
    "classic regex": model({"key": "a", "did": "x", "points": 1, "where": {"p": {"matches": "^(a+)+$"}}}),
    "stars": model({"key": "a", "did": "x", "points": 1, "where": {"url.path": {"glob": "*a" * 5_000}}}),
    "long list": model({"key": "a", "points": 1, "when": {"field": "contact.country", "in": ["X" * 50] * 30_000}}),
    "sequence": model({"key": "a", "points": 1, "when": {"sequence": [{"did": "x"}] * 500, "within": "1d"}}),
    "windows": model(
        *(
            {"key": f"r{n}", "points": 1, "when": {"did": "x", "at_least": 400, "within": f"{n + 1}h"}}
            for n in range(400)
        )
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_of_a_definition_costs_little(outside: Outsider, name: str) -> None:
    started = time.monotonic()
    answer = outside.ask("PUT", "/definitions/score-models/bomb", json=BOMBS[name])
    assert answer.status_code in {200, 422}, answer.text[:500]
    assert len(answer.content) < 2_000_000
    assert time.monotonic() - started < 10
    if answer.status_code == 200:
        outside.await_job(outside.post("/definitions/score-models/bomb/publish"))
        text = "a" * 8_000 + "b"
        for _ in range(ROUNDS):
            outside.send(
                "track", userId="bombed", event="x", properties={"p": text, "url": f"https://x.example/{text}"}
            )
        outside.settle()
        outside.api("DELETE", "/definitions/score-models/bomb")
    assert time.monotonic() - started < 30
