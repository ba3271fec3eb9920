"""The moment at which time alone could change a verdict: never later than it does."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadlight.kit.days import DAY_US, SECOND_US, day_of, start_of_day_us
from leadlight.rules import Verdict, evaluate, parse_condition
from leadlight.rules.model import Did, Field
from tests.factories.random_rules import Dice, World
from tests.factories.rule_vocabulary import SPANS_US
from tests.factories.rules import PlainFacts

SEEDS = st.integers(0, 2**32)
DAYS_WALKED = 45


def telling_moments(world: World) -> list[int]:
    """Moments after now at which windows and dates of this world may turn, in order."""
    today = day_of(world.now_us, world.zone)
    midnights = [start_of_day_us(today + days, world.zone) for days in range(1, DAYS_WALKED)]
    ends = [event.at_us + span for event in world.events for span in SPANS_US]
    edges = {edge + shift for edge in (*midnights, *ends) for shift in (-1, 0, 1)}
    return sorted(edge for edge in edges if world.now_us < edge < world.now_us + DAYS_WALKED * DAY_US)


def check_changes(seed: int, conditions: int) -> None:
    dice = Dice(seed)
    world = dice.world(1, 8)
    facts = PlainFacts(world.people[0], world.events, world.zone)
    moments = telling_moments(world)
    for _ in range(conditions):
        condition = parse_condition(dice.condition())
        verdict = evaluate(condition, facts, world.now_us)
        changes_at_us = verdict.changes_at_us
        assert changes_at_us is None or changes_at_us > world.now_us
        for at_us in moments:
            if changes_at_us is not None and at_us >= changes_at_us:
                break
            assert evaluate(condition, facts, at_us).holds is verdict.holds, (condition, at_us, changes_at_us)
        if changes_at_us is not None and isinstance(condition, Did | Field):
            assert is_turned(verdict, evaluate(condition, facts, changes_at_us)), (condition, changes_at_us)


def is_turned(before: Verdict, after: Verdict) -> bool:
    """Single behaviours and dates name the very moment."""
    return before.holds is not after.holds


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS)
def test_verdict_stays_until_the_moment_named(seed):
    check_changes(seed, conditions=4)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@settings(max_examples=800, deadline=None)
@given(seed=SEEDS)
def test_verdicts_stay_over_thousands_of_walks(seed):
    check_changes(seed, conditions=6)


def test_exact_window_ends_to_the_microsecond():
    dice = Dice(0)
    event = dice.world(1, 1).events[0]
    condition = parse_condition({"did": event.kind, "within": "1h"})
    facts = PlainFacts(dice.person(1), [event], dice.zone)
    verdict = evaluate(condition, facts, event.at_us)
    assert verdict == Verdict(event.excluded is None, event.at_us + 3600 * SECOND_US)
