"""The parser answers anything with a condition or with problems, and documents come back as they were."""

from hypothesis import given, settings
from hypothesis import strategies as st

from leadlight.kit.errors import InvalidDocument
from leadlight.rules import Scope, kind_of_name, matchers_of, parse_condition, parse_matcher, to_document
from leadlight.rules.operators import OPERATORS
from leadlight.rules.parse.behaviour import DID_KEYS
from leadlight.rules.parse.conditions import FORMS
from tests.factories.random_rules import Dice
from tests.factories.rule_vocabulary import NUMBERS, WORDS

SEEDS = st.integers(0, 2**32)
words = st.one_of(
    st.sampled_from(
        [
            *FORMS,
            *DID_KEYS,
            *(name for _, name in OPERATORS),
            "contact.tags",
            "contact.country",
            "page_viewed",
            "30d",
            "measure",
        ]
    ),
    st.sampled_from(WORDS),
    st.text(max_size=5),
    st.sampled_from(["\0", "\ud800", "x" * 2000]),
)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    words,
    st.integers(),
    st.floats(),
    st.sampled_from(NUMBERS),
    st.sampled_from([308, 309, 5000]).map(lambda digits: 10**digits),
    st.binary(max_size=3),
    st.dates(),
)
keys = st.one_of(words, words, words, st.none(), st.booleans(), st.integers(), st.tuples(st.integers()))
documents = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(keys, inner, max_size=4), st.tuples(inner)),
    max_leaves=25,
)


def check_answer(document: object, scope: Scope) -> None:
    try:
        condition = parse_condition(document, scope)
    except InvalidDocument as error:
        check_problems(error)
    else:
        assert parse_condition(to_document(condition)) == condition


def check_problems(error: InvalidDocument) -> None:
    assert error.problems
    assert all(problem.expected and problem.found for problem in error.problems)
    assert str(error)


@settings(max_examples=400, deadline=None)
@given(document=documents, scores=st.booleans())
def test_parser_never_crashes_on_any_value(document, scores):
    check_answer(document, Scope(fields=None if scores else {"contact.country": "text"}, scores=scores))


@settings(max_examples=300, deadline=None)
@given(seed=SEEDS, garbage=documents)
def test_parser_never_crashes_on_a_condition_with_a_hole(seed, garbage):
    dice = Dice(seed)
    check_answer(spoiled(dice.condition(), dice, garbage), Scope())


@settings(max_examples=200, deadline=None)
@given(document=documents)
def test_matcher_parser_never_crashes(document):
    try:
        parse_matcher(document, "rules[0]")
    except InvalidDocument as error:
        check_problems(error)


def spoiled(document: object, dice: Dice, garbage: object) -> object:
    """The document with one value somewhere replaced."""
    if isinstance(document, dict) and document and dice.rng.random() < 0.8:
        key = dice.rng.choice(list(document))
        return document | {key: spoiled(document[key], dice, garbage)}
    if isinstance(document, list) and document and dice.rng.random() < 0.8:
        place = dice.rng.randrange(len(document))
        return [*document[:place], spoiled(document[place], dice, garbage), *document[place + 1 :]]
    return garbage


@settings(max_examples=300, deadline=None)
@given(seed=SEEDS)
def test_documents_come_back_as_the_same_condition(seed):
    condition = parse_condition(Dice(seed).condition())
    again = parse_condition(to_document(condition))
    assert again == condition
    assert [matcher.fingerprint for matcher in matchers_of(again)] == [
        matcher.fingerprint for matcher in matchers_of(condition)
    ]


@settings(max_examples=300, deadline=None)
@given(name=st.text())
def test_kind_of_a_kind_is_itself(name):
    assert kind_of_name(kind_of_name(name)) == kind_of_name(name)
