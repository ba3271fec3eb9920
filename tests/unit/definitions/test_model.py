import pytest

from leadlight.definitions.model import Document, check_document, decode_body, encode_body, fingerprint, is_same
from leadlight.definitions.registry import check_key


def deep(levels: int) -> Document:
    body: Document = {}
    for _ in range(levels):
        body = {"a": body}
    return body


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"a": float("nan")}, "a"),
        ({"a": {"b": [1, float("inf")]}}, "a.b[1]"),
        ({"a": 2**60}, "a"),
        ({"a": "x\0y"}, "a"),
        ({"a": "\ud800"}, "a"),
        ({"a": {"b\0": 1}}, "a"),
        ({"a": {1: 1}}, "a"),
        ({"a": object()}, "a"),
        ({"a": "x" * 1_000_001}, ""),
    ],
)
def test_what_json_text_cannot_carry_is_refused(body, path):
    assert [problem.path for problem in check_document(body)] == [path]


def test_nesting_is_bounded():
    assert check_document(deep(64)) == []
    assert "64 levels" in str(check_document(deep(65))[0])


def test_a_body_keeps_the_order_of_its_author():
    body = {"label": "x", "bands": [1, 2.5, None, True], "a": {"z": "ŁšÖ", "b": ""}}
    again = decode_body(encode_body(body))
    assert list(again) == list(body)
    assert is_same(again, body)
    assert fingerprint(again) == fingerprint({"a": body["a"], "bands": body["bands"], "label": "x"})


@pytest.mark.parametrize("key", ["a", "default", "sales-ready_2", "company.size", "firstName", "x" * 63])
def test_keys_that_may_be(key):
    assert check_key(key) == []


@pytest.mark.parametrize("key", ["", ".", "..", "a/b", "../a", "-a", "a.", "ą", "a b", "a\0", "x" * 64, "a\n"])
def test_keys_that_may_not_be(key):
    assert check_key(key)
