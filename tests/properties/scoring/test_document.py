"""Documents of strangers are answered, never crashed on; models survive the trip to a document and back."""

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadlight.kit.errors import InvalidDocument, Problem
from leadlight.scoring import default_model, parse_model, to_document
from tests.factories.random_scoring import models

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
words = st.sampled_from(
    [
        "key",
        "label",
        "did",
        "when",
        "where",
        "points",
        "limits",
        "fade",
        "levels",
        "group",
        "from",
        "day",
        "tags",
        "fit",
    ]
)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words | st.text(max_size=3), inner, max_size=4),
    max_leaves=8,
)


def places(value, path=()):
    """Every place in a document."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from places(item, (*path, key))


DEFAULT = default_model()
PLACES = [path for path in places(DEFAULT) if path]


def spoiled(path, value):
    document = msgspec.json.decode(msgspec.json.encode(DEFAULT))
    holder = document
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    return document


def check_answer(document):
    problems = problems_of(document)
    assert problems is None or (problems and all(isinstance(problem, Problem) for problem in problems))


def problems_of(document):
    try:
        parse_model(document, "default", 1, None)
    except InvalidDocument as error:
        return error.problems
    return None


@settings(max_examples=300, deadline=None)
@given(
    anything
    | st.fixed_dictionaries({}, optional=dict.fromkeys(("rules", "bands", "groups", "grade", "cap", "label"), anything))
)
def test_any_json_is_answered(document):
    check_answer(document)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(PLACES), anything)
def test_default_model_spoiled_anywhere_is_answered(path, value):
    check_answer(spoiled(path, value))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(models())
def test_model_survives_the_round_trip(made):
    document = msgspec.json.decode(msgspec.json.encode(to_document(made)))
    assert parse_model(document, made.key, made.version, None) == made
