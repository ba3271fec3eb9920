from typing import Any

import pytest

from leadlight.matching import ContactFacts, fingerprint_of
from leadlight.rules import DayTally, Matcher
from leadlight.rules import Test as Comparison
from tests.factories.matching import UTC, Match, ids_of, remember

VISIT = Matcher("page_viewed", keep_hits=2)
ORDER = Matcher("order_completed", measure="total")
IDS = ids_of([VISIT, ORDER])


def facts(*memories, **rest: Any):
    values: dict[str, Any] = {
        "profile": {"country": "PL", "address": {"city": "Gdynia"}, "consent.email": "granted"},
        "account": {"employees": 40},
        "tags": frozenset({"vip"}),
        "stage": "mql",
        "memories": memories,
        "zone": UTC,
        "matcher_ids": IDS,
    }
    return ContactFacts(**values | rest)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("contact.country", "PL"),
        ("contact.address.city", "Gdynia"),
        ("contact.address.street", None),
        ("contact.country.code", None),
        ("contact.nothing", None),
        ("account.employees", 40),
        ("contact.tags", frozenset({"vip"})),
        ("contact.stage", "mql"),
        ("contact.score.default", 12.5),
        ("contact.score.other", None),
        ("consent.email", "granted"),
    ],
)
def test_field_by_path(path, value):
    assert facts(scores={"default": 1_250}).field(path) == value


def test_days_add_up_over_stages_and_subjects():
    one = remember([Match(ORDER, 20_000, "lead", 5), Match(ORDER, 20_000, "mql", -3), Match(ORDER, 20_001)], IDS)
    other = remember([Match(ORDER, 20_000, "", None)], IDS)
    assert sorted(facts(one, other).days(ORDER), key=lambda tally: tally.day) == [
        DayTally(20_000, 3, 2, 2, -3, 5),
        DayTally(20_001, 1),
    ]
    assert next(iter(facts(one).days(ORDER))) == DayTally(20_000, 2, 2, 2, -3, 5)


def test_as_many_hits_as_the_matcher_keeps():
    one = remember([Match(VISIT, 20_000, second=1), Match(VISIT, 20_000, second=3)], IDS)
    other = remember([Match(VISIT, 20_000, second=2)], IDS)
    start = 20_000 * 86_400_000_000
    assert list(facts(one, other).hits(VISIT)) == [start + 2_000_000, start + 3_000_000]
    assert list(facts(one, other).hits(ORDER)) == []


def test_unknown_matcher_has_no_days():
    assert list(facts().days(Matcher("never_seen"))) == []


def test_matchers_that_only_look_equal_have_fingerprints_of_their_own():
    one, yes = (Matcher("page_viewed", (Comparison("flag", "is", value),)) for value in (1, True))
    assert one == yes
    assert fingerprint_of(one) != fingerprint_of(yes)
