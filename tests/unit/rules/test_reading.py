"""Documents that are wrong, and what is said about them."""

import pytest

from leadlight.kit.errors import InvalidDocument, Problem
from leadlight.rules import Scope, parse_condition, parse_matcher
from leadlight.rules.parse.reader import MOST_DEPTH, MOST_NODES

SCOPE = Scope(fields={"contact.country": "text", "contact.age": "number", "contact.born": "date"})


def problems_of(document: object, scope: Scope = SCOPE, path: str = "") -> list[Problem]:
    with pytest.raises(InvalidDocument) as caught:
        parse_condition(document, scope, path)
    return caught.value.problems


@pytest.mark.parametrize(
    ("document", "path", "expected"),
    [
        (None, "", "a condition: a mapping"),
        ([], "", "a condition: a mapping"),
        ({}, "", "exactly one of all, any"),
        ({"all": [], "any": []}, "", "exactly one of"),
        ({"all": {}}, "all", "a list of conditions"),
        ({"all": [{"not": 5}]}, "all[0].not", "a condition: a mapping"),
        ({"field": "contact.country"}, "", "an operator"),
        ({"field": "contact.country", "containz": "x"}, "containz", "perhaps contains; one of is"),
        ({"field": "contact.country", "gt": 5}, "gt", "one of is, is_not"),
        ({"field": "contact.country", "is": 5}, "is", "a text of 1 to 1000"),
        ({"field": "contact.country", "is": "x\0"}, "is", "a text of 1 to 1000"),
        ({"field": "contact.country", "matches": "(?=x)"}, "matches", "a pattern RE2 understands"),
        ({"field": "contact.country", "matches": r"\C"}, "matches", r"\C is not supported"),
        ({"field": "contact.age", "is": True}, "is", "a number"),
        ({"field": "contact.age", "between": [5, 1]}, "between", "the lower of the two first"),
        ({"field": "contact.age", "in": []}, "in", "a list of 1 to 500"),
        ({"field": "contact.born", "on": "2025-02-29"}, "on", "a date such as 2026-05-31"),
        ({"field": "contact.born", "within_last": 0}, "within_last", "a whole number from 1"),
        ({"field": "contact.contry", "is": "PL"}, "field", "perhaps contact.country"),
        ({"field": "email", "is": "x"}, "field", "a known field"),
        ({"did": ""}, "did", "the name of an event"),
        ({"did": "x", "where": {"url.pfad": "a"}}, "where.url.pfad", "url, url.host, url.path"),
        ({"did": "x", "where": {"url.path": {}}}, "where.url.path", "at least one operator"),
        ({"did": "x", "where": {"url.path": {"on": "2026-01-01"}}}, "where.url.path.on", "one of is"),
        ({"did": "x", "within": "30 days"}, "within", "a stretch of time such as 30d"),
        ({"did": "x", "at_least": 1.5}, "at_least", "a whole number"),
        ({"did": "x", "at_least": 500, "within": "1h"}, "at_least", "at most 499"),
        ({"did": "x", "sum_of": "v"}, "", "a comparison: at_least"),
        ({"did": "x", "sum_of": "v", "at_least": 1e-7}, "at_least", "at most six decimals"),
        ({"did": "x", "sum_of": "v", "at_least": 1, "within": "2h"}, "", "a window in days"),
        ({"did": "x", "never": False}, "never", "true"),
        ({"did": "x", "never": True, "at_least": 1}, "never", "never alone"),
        ({"did": "x", "until": "y"}, "until", "no such key here"),
        ({"sequence": [{"did": "x"}]}, "sequence", "a list of 2 to 10 steps"),
        ({"sequence": [{"did": "x"}, {"field": "y"}]}, "sequence[1].field", "no such key here"),
        ({"in_segment": 5}, "in_segment", "the key of a segment"),
        ({5: "x"}, "", "keys that are texts"),
    ],
)
def test_problem_names_place_and_expectation(document, path, expected):
    assert any(problem.path == path and expected in problem.expected for problem in problems_of(document))


def test_all_problems_come_at_once_under_the_given_path():
    document = {
        "all": [{"field": "contact.age", "gt": "5"}, {"did": "x", "where": {"url.path": {"glob": 5}}, "within": "1y"}]
    }
    paths = [problem.path for problem in problems_of(document, path="rules[3].when")]
    assert paths == [
        "rules[3].when.all[0].gt",
        "rules[3].when.all[1].within",
        "rules[3].when.all[1].where.url.path.glob",
    ]


@pytest.mark.parametrize(
    ("scope", "document"),
    [
        (Scope(scores=False), {"field": "contact.score.default", "gt": 5}),
        (Scope(segments=False), {"in_segment": "x"}),
        (Scope(behaviour=False), {"did": "x"}),
        (Scope(behaviour=False), {"sequence": [{"did": "x"}, {"did": "y"}]}),
    ],
)
def test_scope_refuses_what_it_does_not_allow(scope, document):
    parse_condition(document)
    problems_of(document, scope)


def test_depth_and_size_are_bounded():
    deep: dict[str, object] = {"in_segment": "x"}
    for _ in range(MOST_DEPTH - 1):
        deep = {"not": deep}
    parse_condition(deep)
    assert "at most 20 deep" in problems_of({"not": deep})[0].expected
    wide = {"all": [{"in_segment": "x"}] * MOST_NODES}
    assert "at most 500 conditions" in problems_of(wide)[0].expected


def test_bottomless_document_is_refused_quickly():
    document: dict[str, object] = {"in_segment": "x"}
    for _ in range(100_000):
        document = {"not": document}
    assert problems_of(document)[0].found == "depth 21"
    while "not" in document:
        document = document["not"]  # type: ignore[assignment]


def test_key_on_that_yaml_reads_as_true_is_on():
    assert parse_condition({"field": "contact.born", True: "2026-05-31"}, SCOPE) == parse_condition(
        {"field": "contact.born", "on": "2026-05-31"}, SCOPE
    )


def test_matcher_of_a_rule_has_its_measure():
    matcher = parse_matcher({"did": "Order Completed", "where": {"plan": "pro"}, "measure": "value"})
    assert (matcher.kind, matcher.measure, matcher.where[0].op) == ("order_completed", "value", "is")
    with pytest.raises(InvalidDocument) as caught:
        parse_matcher({"did": "x", "points": 5}, "rules[0]")
    assert caught.value.problems[0].path == "rules[0].points"
