import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadlight.rules import (
    compile_matchers,
    condition_sql,
    evaluate,
    matcher_sql,
    measure_sql,
    parse_condition,
    parse_matcher,
)
from tests.factories.random_rules import Dice, World
from tests.factories.rules import PlainFacts, fill

SEEDS = st.integers(0, 2**32)
QUICK = settings(max_examples=30, deadline=None)
THOROUGH = settings(max_examples=300, deadline=None)
CONTACTS, EVENTS, DOCUMENTS = 8, 60, 12


@pytest.fixture(scope="module")
def duck():
    with duckdb.connect(config={"threads": 1}) as connection:
        yield connection


def holding_in_memory(condition, world: World) -> list[int]:
    return [
        person.contact_id
        for person in world.people
        if evaluate(condition, PlainFacts(person, world.events, world.zone), world.now_us).holds
    ]


def check_conditions(duck, seed: int) -> None:
    dice = Dice(seed)
    world = dice.world(CONTACTS, EVENTS)
    fill(duck, world.people, world.events)
    for _ in range(DOCUMENTS):
        document = dice.condition()
        condition = parse_condition(document)
        sql = condition_sql(condition, world.now_us, world.zone)
        in_sql = sorted(row[0] for row in duck.execute(sql).fetchall())
        assert in_sql == holding_in_memory(condition, world), document


def check_matchers(duck, seed: int) -> None:
    dice = Dice(seed)
    world = dice.world(1, EVENTS)
    fill(duck, world.people, world.events)
    documents = [
        dice.matcher() | dice.rng.choice([{}, {"measure": dice.rng.choice(["amount", "list.0"])}])
        for _ in range(DOCUMENTS)
    ]
    matchers = [parse_matcher(document) for document in documents]
    match = compile_matchers(list(enumerate(matchers)))
    columns = [f"{matcher_sql(matcher)}, {measure_sql(matcher)}" for matcher in matchers]
    rows = duck.execute(f"SELECT {', '.join(columns)} FROM events").fetchall()
    for event, row in zip(world.events, rows, strict=True):
        in_sql = [(index, row[2 * index + 1]) for index in range(len(matchers)) if row[2 * index]]
        assert in_sql == match(event), (event, [documents[index] for index, _ in set(in_sql) ^ set(match(event))])
        assert None not in row[::2]


@QUICK
@given(seed=SEEDS)
def test_memory_and_duckdb_hold_for_the_same_contacts(duck, seed):
    check_conditions(duck, seed)


@QUICK
@given(seed=SEEDS)
def test_matcher_function_and_matcher_sql_agree(duck, seed):
    check_matchers(duck, seed)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@THOROUGH
@given(seed=SEEDS)
def test_memory_and_duckdb_agree_on_thousands_of_trees(duck, seed):
    check_conditions(duck, seed)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@THOROUGH
@given(seed=SEEDS)
def test_matchers_agree_on_thousands_of_events(duck, seed):
    check_matchers(duck, seed)
