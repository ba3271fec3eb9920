"""Everyone recomputed from history in DuckDB equals the live scores, line by line."""

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadlight.kit.days import day_of
from leadlight.kit.ids import digest_id
from leadlight.matching import Memory
from leadlight.scoring import first_score, matchers_of_model, rescore, statement
from leadlight.scoring.batch import differences, memories, put_lines, score_everyone, score_of, tally_events, totals
from tests.factories.history import history, subject_of
from tests.factories.matching import contact_facts, ids_of
from tests.factories.random_scoring import histories, matches_of, models, moments, profiles, take, zones
from tests.factories.scoring import compiled

QUICK = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
LONG = settings(max_examples=1_500, deadline=None, suppress_health_check=list(HealthCheck))

people = st.lists(st.tuples(histories, profiles), min_size=1, max_size=4)
cases = st.tuples(models(), people, zones, moments)


def remembered(ready, ids, happenings, zone) -> dict[int, Memory]:
    subjects: dict[int, Memory] = {}
    for happening in happenings:
        memory = subjects.setdefault(happening.subject, {})
        take(memory, matches_of(ready, happening, ids), happening, zone)
    return {subject: memory for subject, memory in subjects.items() if memory}


def batch_law(case):
    made, listed, zone, now_us = case
    today = day_of(now_us, zone)
    ready, ids = compiled(made), ids_of(matchers_of_model(made))
    everyone = {digest_id(str(number)): person for number, person in enumerate(listed)}
    connection = history(everyone, zone)
    numbered = {ids[matcher.fingerprint]: matcher for matcher in matchers_of_model(made)}

    tally_events(connection, numbered.items())
    score_everyone(connection, ready, today=today, now_us=now_us, zone=zone, keep_lines=True)

    live = {contact_id: remembered(ready, ids, *_past(person, zone)) for contact_id, person in everyone.items()}
    facts = {
        contact_id: contact_facts(ids, list(live[contact_id].values()), profile, zone=zone)
        for contact_id, (_, profile) in everyone.items()
    }
    said = {contact_id: statement(ready, of_one, today, now_us) for contact_id, of_one in facts.items()}
    put_lines(connection, ((contact_id, of_one.lines) for contact_id, of_one in said.items()))
    assert differences(connection) == []

    assert dict(memories(connection)) == {
        subject_of(contact_id, subject): memory
        for contact_id, subjects in live.items()
        for subject, memory in subjects.items()
    }
    for found in (total for chunk in totals(connection) for total in chunk):
        score, next_change_us = score_of(made, found, None, today=today, now_us=now_us)
        blank = first_score(ready, score.contact_id, now_us)
        done = rescore(ready, blank, facts[score.contact_id], touched=None, today=today, now_us=now_us)
        assert score == msgspec.structs.replace(done.score, sums={}, changes_at_us={})
        if done.next_change_us is not None:
            assert next_change_us is not None
            assert next_change_us <= done.next_change_us
    connection.close()


def _past(person, zone):
    return person[0], zone


@QUICK
@given(cases)
def test_recomputed_equals_live(case):
    batch_law(case)


@pytest.mark.slow
@pytest.mark.timeout(3_000)
@LONG
@given(cases)
def test_recomputed_equals_live_at_length(case):
    batch_law(case)
