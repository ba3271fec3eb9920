"""Whatever a definition says, its file says the same."""

from hypothesis import given
from hypothesis import strategies as st

from leadlight.definitions import diff
from leadlight.definitions.model import check_document, is_same
from leadlight.definitions.yaml_text import read_yaml, write_yaml

texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12) | st.sampled_from(
    [
        "no",
        "1e3",
        "12:30",
        "~",
        "",
        " x",
        "x ",
        "a: b",
        "#x",
        "- x",
        "'",
        '"',
        "\n",
        "a\n b\n\n",
        "\t",
        "\u2028",
        "\x85",
        "…",
        "\ufeff",
    ]
)
scalars = (
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | texts
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4), max_leaves=15
)
documents = st.dictionaries(texts, values, max_size=5)


@given(documents)
def test_writing_then_reading_gives_the_document_back(body):
    assert check_document(body) == []
    again = read_yaml(write_yaml(body)).body
    assert is_same(again, body)
    assert list(again) == list(body)


@given(documents, documents)
def test_documents_differ_exactly_when_there_is_a_change(old, new):
    assert (diff(old, new) == []) == is_same(old, new)
