"""Parts of events: what a path finds, and what a matcher says of it."""

from typing import Any

import pytest

from leadlight.rules import compile_matchers, kind_of_name, parse_matcher
from tests.factories.rules import seen


def fits(where: dict[str, object], **event: Any) -> bool:
    return bool(compile_matchers([(1, parse_matcher({"did": "x", "where": where}))])(seen("x", 0, **event)))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=Pricing+plan", True),
        ("a=1&q=pricing%20plan", True),
        ("%71=pricing%20plan", True),
        ("q=&q=pricing%20plan", True),
        ("q=other&q=pricing+plan", False),
        ("xq=pricing+plan", False),
        ("q=pricing%2Bplan", False),
        (None, False),
    ],
)
def test_query_parameter_is_decoded(query, expected):
    assert fits({"url.query.q": "pricing plan"}, url_query=query) is expected


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ({"plan": "PRO"}, True),
        ({"properties.plan": "pro"}, True),
        ({"cart.total": {"gte": 10}}, True),
        ({"cart.items.1.sku": "B"}, True),
        ({"cart.items.01.sku": "B"}, False),
        ({"cart.items": {"count": 2}}, True),
        ({"campaign.source": "mail"}, True),
        ({"tags": {"has": "New"}}, True),
        ({"nothing": {"is_not": "x"}}, True),
        ({"nothing": {"exists": False}, "plan": {"exists": True}}, True),
        ({"huge": {"exists": True}}, True),
        ({"huge": {"gt": 0}}, False),
        ({"url": "example.com/a?b=1"}, True),
        ({"name": "x"}, False),
    ],
)
def test_path_finds_its_part(where, expected):
    properties = (
        '{"plan":"pro","cart":{"total":10.0,"items":[{"sku":"a"},{"sku":"b"}]},"$campaign":{"source":"Mail"},'
        '"tags":["new"],"huge":1e400}'
    )
    parts = {"url_host": "example.com", "url_path": "/a", "url_query": "b=1"}
    assert fits(where, properties=properties, **parts) is expected


def test_matchers_answer_with_ids_and_amounts():
    matchers = [
        (7, parse_matcher({"did": "x", "measure": "value"})),
        (8, parse_matcher({"did": "*", "where": {"value": {"gt": 1}}})),
        (9, parse_matcher({"did": "y"})),
    ]
    match = compile_matchers(matchers)
    assert match(seen("x", 0, properties='{"value":0.0000005}')) == [(7, 1)]
    assert match(seen("x", 0, properties='{"value":12.5}')) == [(7, 12_500_000), (8, None)]
    assert match(seen("x", 0, properties='{"value":1e12}')) == [(7, None), (8, None)]
    assert match(seen("z", 0, properties='{"value":2}')) == [(8, None)]
    assert match(seen("x", 0, excluded="bot")) == []


def test_user_text_never_becomes_code():
    hostile = "x'); __import__('os').abort() #{0}{x}\n\"\"\""
    assert fits(
        {"plan": {"in": [hostile]}, hostile.replace(".", ""): hostile},
        properties={"plan": hostile, hostile.replace(".", ""): hostile},
    )


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Demo Watched", "demo_watched"),
        ("  demo--WATCHED! ", "demo_watched"),
        ("Ściągnięto plik", "ściągnięto_plik"),
        ("हिन्दी शब्द", "हिन्दी_शब्द"),
        ("Cafe\u0301", "café"),
        ("🎉", "unnamed"),
        ("page_viewed", "page_viewed"),
    ],
)
def test_kind_is_snake_case_of_the_name(name, kind):
    assert kind_of_name(name) == kind
