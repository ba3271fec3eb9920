import pytest

from leadlight.definitions import ABSENT, Change, diff

MODEL = {"label": "Default", "rules": [{"key": "a", "points": 5}, {"key": "b", "points": 7}], "bands": [0, 50]}


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ({}, {}, []),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, []),
        ({"a": 1}, {"a": 2}, [Change("a", 1, 2)]),
        ({"a": 1}, {"a": 1.0}, [Change("a", 1, 1.0)]),
        ({"a": 1}, {"a": True}, [Change("a", 1, True)]),
        ({"a": None}, {}, [Change("a", None, ABSENT)]),
        ({}, {"a": None}, [Change("a", ABSENT, None)]),
        ({"a": {"b": {"c": 1}}}, {"a": {"b": {"c": 2}}}, [Change("a.b.c", 1, 2)]),
        ({"a": [1, 2]}, {"a": [2, 1]}, [Change("a", [1, 2], [2, 1])]),
        ({"a": [{"x": 1}]}, {"a": [{"x": 2}, {"x": 3}]}, [Change("a[0].x", 1, 2), Change("a[1]", ABSENT, {"x": 3})]),
        ({"a": [{"x": 1}, {"x": 2}]}, {"a": [{"x": 1}]}, [Change("a[1]", {"x": 2}, ABSENT)]),
        ({"a": {}}, {"a": []}, [Change("a", {}, [])]),
    ],
)
def test_changes_between_two_documents(old, new, changes):
    assert diff(old, new) == changes


def test_items_with_a_key_are_followed_by_it():
    new = {**MODEL, "rules": [{"key": "z", "points": 1}, {"key": "a", "points": 6}]}
    assert diff(MODEL, new) == [
        Change("rules[z]", ABSENT, {"key": "z", "points": 1}),
        Change("rules[a].points", 5, 6),
        Change("rules[b]", {"key": "b", "points": 7}, ABSENT),
    ]


def test_another_order_of_keyed_items_is_told():
    new = {**MODEL, "rules": list(reversed(MODEL["rules"]))}
    assert diff(MODEL, new) == [Change("rules (order)", ["a", "b"], ["b", "a"])]


def test_changes_read_as_a_person_would_tell_them():
    changes = diff({"a": 1, "b": "x"}, {"a": 2, "c": [1]})
    assert [str(change) for change in changes] == ["~ a: 1 -> 2", "+ c: [1]", '- b: "x"']
