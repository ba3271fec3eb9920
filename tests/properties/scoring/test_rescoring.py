"""A score brought up to date step by step equals the statement made from scratch, always."""

from itertools import pairwise
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadlight.kit.days import DAY_US, SECOND_US, day_of
from leadlight.matching import Memory
from leadlight.scoring import GLOBAL, Model, Rescored, Score, Statement, first_score, rescore, statement
from leadlight.scoring.compiled import matchers_of_model
from tests.factories.matching import contact_facts, ids_of
from tests.factories.random_scoring import (
    Happening,
    histories,
    matches_of,
    models,
    moments,
    profiles,
    take,
    zones,
)
from tests.factories.scoring import SOMEONE, TODAY, compiled

QUICK = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
LONG = settings(max_examples=5_000, deadline=None, suppress_health_check=list(HealthCheck))


class Person:
    """A contact with two subjects whose score is kept up to date as the pipeline does it."""

    def __init__(self, made: Model, profile: dict[str, str], zone: ZoneInfo) -> None:
        self.ready, self.ids = compiled(made), ids_of(matchers_of_model(made))
        self.memories: list[Memory] = [{}, {}]
        self.profile, self.zone = profile, zone
        self.score: Score = first_score(self.ready, SOMEONE, 0)

    @property
    def facts(self):
        return contact_facts(self.ids, self.memories, self.profile, zone=self.zone)

    def take(self, batch: list[Happening], now_us: int) -> Rescored:
        touched: set[int] = set()
        for happening in batch:
            matched = matches_of(self.ready, happening, self.ids)
            take(self.memories[happening.subject], matched, happening, self.zone)
            touched |= {matcher_id for matcher_id, _ in matched}
        done = self.rescored(touched, now_us)
        self.score = done.score
        return done

    def rescored(self, touched: set[int] | None, now_us: int) -> Rescored:
        today = day_of(now_us, self.zone)
        return rescore(self.ready, self.score, self.facts, touched=touched, today=today, now_us=now_us)

    def stated(self, now_us: int) -> Statement:
        return statement(self.ready, self.facts, day_of(now_us, self.zone), now_us)


def check_up_to_date(person: Person, now_us: int) -> None:
    said, score = person.stated(now_us), person.score
    assert (score.total, score.fit, score.engagement, score.levels) == (
        said.total,
        said.fit,
        said.engagement,
        said.levels,
    )
    fresh = person.rescored(None, now_us).score
    assert (score.sums, score.changes_at_us) == (fresh.sums, fresh.changes_at_us)


def check_lines_add_up(said: Statement) -> None:
    for level, total in {GLOBAL: said.total, **said.levels}.items():
        assert sum(line.points_hundredths for line in said.lines if line.level == level) == total
    assert said.total == said.fit + said.engagement
    assert {line.level for line in said.lines} - {GLOBAL} == set(said.levels)


def incremental_law(case, cuts, leaps):
    made, history, profile, zone, now_us = case
    person = Person(made, profile, zone)
    bounds = sorted({0, len(history), *(cut % (len(history) + 1) for cut in cuts)})
    leaps = iter([*leaps, *[0] * len(bounds)])
    person.take([], now_us)
    for start, stop in pairwise(bounds):
        person.take(history[start:stop], now_us)
        check_up_to_date(person, now_us)
        check_lines_add_up(person.stated(now_us))
        now_us += next(leaps) * SECOND_US
        person.take([], now_us)
        check_up_to_date(person, now_us)


def never_late_law(case):
    made, history, profile, zone, now_us = case
    person = Person(made, profile, zone)
    done = person.take(history, now_us)
    end_us = now_us + 90 * DAY_US
    change_us = end_us if done.next_change_us is None else min(done.next_change_us, end_us)
    assert change_us > now_us
    said = person.stated(now_us)
    step = max(DAY_US // 4, (change_us - now_us) // 40)
    for at_us in [*range(now_us, change_us, step), change_us - 1]:
        later = person.stated(at_us)
        assert (later.total, later.levels, later.lines) == (said.total, said.levels, said.lines)


cuts = st.lists(st.integers(0, 50), max_size=4)
leaps = st.lists(st.integers(0, 40 * 86_400) | st.integers(0, 7_200), max_size=5)
cases = st.tuples(models(), histories, profiles, zones, moments)


@QUICK
@given(cases, cuts, leaps)
def test_step_by_step_equals_from_scratch(case, cuts, leaps):
    incremental_law(case, cuts, leaps)


@QUICK
@given(cases)
def test_nothing_changes_before_it_is_due(case):
    never_late_law(case)


@pytest.mark.slow
@pytest.mark.timeout(1_200)
@LONG
@given(cases, cuts, leaps)
def test_step_by_step_equals_from_scratch_at_length(case, cuts, leaps):
    incremental_law(case, cuts, leaps)


@pytest.mark.slow
@pytest.mark.timeout(1_200)
@LONG
@given(cases)
def test_nothing_changes_before_it_is_due_at_length(case):
    never_late_law(case)


@QUICK
@given(models(), histories, profiles, st.randoms(use_true_random=False), cuts)
def test_order_and_batches_do_not_matter(made, history, profile, random, cuts):
    now_us = (TODAY + 1) * DAY_US - 1
    utc = ZoneInfo("UTC")
    one, other = Person(made, profile, utc), Person(made, profile, utc)
    one.take(history, now_us)
    shuffled = list(history)
    random.shuffle(shuffled)
    bounds = sorted({0, len(history), *(cut % (len(history) + 1) for cut in cuts)})
    for start, stop in pairwise(bounds):
        other.take(shuffled[start:stop], now_us)
    assert one.stated(now_us) == other.stated(now_us)
    assert one.score.sums == other.score.sums or not history


@QUICK
@given(models(), histories, profiles, moments)
def test_raising_caps_never_lowers_a_level(made, history, profile, now_us):
    held = Person(made, profile, ZoneInfo("UTC"))
    held.take(history, now_us)
    free_groups = tuple(msgspec.structs.replace(group, cap_hundredths=None) for group in made.groups)
    free = Person(msgspec.structs.replace(made, groups=free_groups, cap_hundredths=None), profile, ZoneInfo("UTC"))
    free.take(history, now_us)
    assert held.score.total <= free.score.total
    for level, total in held.score.levels.items():
        assert total <= free.score.levels[level]
