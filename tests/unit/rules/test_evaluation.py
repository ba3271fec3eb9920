"""What holds when: tables of people, events and verdicts."""

from datetime import UTC, datetime

import pytest

from leadlight.kit.days import SECOND_US, day_number, start_of_day_us, to_us
from leadlight.rules import Verdict, evaluate, parse_condition
from tests.factories.rules import WARSAW, Person, PlainFacts, Seen, seen

HOUR_US = 3600 * SECOND_US


def at(text: str) -> int:
    return to_us(datetime.fromisoformat(text).replace(tzinfo=WARSAW))


NOW = at("2026-05-31T12:00")


def verdict(document: object, *events: Seen, now_us: int = NOW, **person: object) -> Verdict:
    return evaluate(parse_condition(document), PlainFacts(Person(**person), events), now_us)  # type: ignore[arg-type]


def holds(document: object, *events: Seen, now_us: int = NOW, **person: object) -> bool:
    return verdict(document, *events, now_us=now_us, **person).holds


@pytest.mark.parametrize(
    ("comparison", "value", "expected"),
    [
        ({"is": "PL"}, "pl", True),
        ({"is": "łódź"}, "ŁÓDŹ", True),
        ({"is": "STRASSE"}, "straße", False),
        ({"is": 1}, 1.0, True),
        ({"is": 1}, "1", False),
        ({"is": 1}, True, False),
        ({"is": True}, 1, False),
        ({"is": True}, True, True),
        ({"is_not": "PL"}, None, True),
        ({"is_not": "PL"}, 5, True),
        ({"in": ["PL", "HR"]}, "hr", True),
        ({"not_in": ["PL", "HR"]}, "hr", False),
        ({"contains_word": "pricing"}, "/pricing-plans", True),
        ({"contains_word": "pricing"}, "repricing, Pricing!", True),
        ({"contains_word": "pricing"}, "/pricings", False),
        ({"glob": "/pricing/*"}, "/Pricing/a/b", True),
        ({"glob": "/pricing/?"}, "/pricing/", False),
        ({"glob": "*"}, "", True),
        ({"matches": "^/p"}, "/P", False),
        ({"gt": 5}, "6", False),
        ({"between": [1, 2]}, 2, True),
        ({"has": "Sales"}, ["sales", 5], True),
        ({"has_all": ["a", "b"]}, ["B"], False),
        ({"count_at_most": 1}, None, False),
        ({"count": 0}, [], True),
        ({"exists": False}, "", True),
        ({"exists": False}, [], True),
        ({"exists": True}, 0, True),
        ({"exists": True}, False, True),
    ],
)
def test_comparison_on_a_field(comparison, value, expected):
    assert holds({"field": "contact.x"} | comparison, profile={"x": value}) is expected


@pytest.mark.parametrize(
    ("comparison", "value", "expected"),
    [
        ({"within_last": 30}, "2026-05-02", True),
        ({"within_last": 30}, "2026-05-01", False),
        ({"more_than_ago": 30}, "2026-05-01", True),
        ({"within_next": 1}, "2026-05-31", True),
        ({"within_next": 1}, "2026-06-01", False),
        ({"on": "2026-05-31"}, "2026-05-30T22:00:00Z", True),  # midnight in Warsaw
        ({"before": "2026-05-31"}, "2026-05-30T21:59:59Z", True),
        ({"anniversary": 0}, "1990-05-31", True),
        ({"anniversary": 0}, "2026-05-31", False),
        ({"anniversary": 7}, "1990-06-07", True),
        ({"after": "2020-01-01"}, "yesterday", False),
        ({"after": "2020-01-01"}, "2025-02-29", False),
    ],
)
def test_comparison_on_a_date(comparison, value, expected):
    assert holds({"field": "contact.born"} | comparison, profile={"born": value}) is expected


@pytest.mark.parametrize(
    ("today", "expected"), [("2027-02-28", True), ("2027-03-01", False), ("2028-02-28", False), ("2028-02-29", True)]
)
def test_born_on_leap_day_has_a_birthday_every_year(today, expected):
    birthday = {"field": "contact.born", "anniversary": 0}
    assert holds(birthday, now_us=at(today + "T00:00"), profile={"born": "2000-02-29"}) is expected


def test_field_is_found_flat_or_nested():
    city = {"field": "contact.address.city", "is": "Kraków"}
    assert holds(city, profile={"address": {"city": "KRAKÓW"}})
    assert holds(city, profile={"address.city": "kraków", "address": {"city": "Zagreb"}})
    assert holds({"field": "consent.email", "is": "given"}, profile={"consent.email": "given"})


def test_counts_by_calendar_days_of_the_workspace():
    first, last = seen("x", at("2026-05-02T00:00")), seen("x", at("2026-05-01T23:59:59"))
    document = {"did": "x", "within": "30d"}
    assert verdict(document, first) == Verdict(True, at("2026-06-01T00:00"))
    assert verdict(document, last) == Verdict(False)


def test_exact_window_counts_to_the_microsecond():
    document = {"did": "x", "at_least": 2, "within": "1h"}
    events = seen("x", NOW - HOUR_US + 1), seen("x", NOW)
    assert verdict(document, *events) == Verdict(True, NOW + 1)
    assert verdict(document, *events, now_us=NOW + 1) == Verdict(False)


def test_window_over_the_spring_clock_change_ends_at_midnight():
    event = seen("x", at("2026-03-29T03:30"))
    verdict_then = verdict({"did": "x", "within": "1d"}, event, now_us=at("2026-03-29T12:00"))
    assert verdict_then == Verdict(True, start_of_day_us(day_number(datetime(2026, 3, 30, tzinfo=UTC).date()), WARSAW))


def test_since_counts_strictly_after_the_newest():
    opened, signed = seen("email_opened", NOW - 5), seen("signed_up", NOW - 10)
    document = {"not": {"did": "email_opened", "since": "signed_up"}}
    assert not holds(document, opened, signed)
    assert holds(document, opened, signed, seen("signed_up", NOW - 5))
    assert holds(document, opened)


def test_never_and_at_most_hold_of_people_without_events():
    assert holds({"did": "x", "never": True})
    assert holds({"did": "x", "at_most": 3, "within": "1h"})
    assert not holds({"did": "x"})


def test_last_within_asks_beside_the_count():
    events = [seen("x", NOW - days * 24 * HOUR_US) for days in (10, 20, 30)]
    document = {"did": "x", "at_least": 3, "last_within": "7d"}
    assert not holds(document, *events)
    assert holds(document, *events, seen("x", NOW))


def test_amounts_are_exact():
    # 0.1 + 0.2 + 19.7 = 20; as doubles 19.999999999999996 or so, in some order
    orders = [seen("order", NOW, properties={"value": value}) for value in (0.1, 0.2, 19.7, "30", None)]
    for document, expected in [
        ({"sum_of": "value", "exactly": 20}, True),
        ({"avg_of": "value", "exactly": 6.666667}, False),
        ({"avg_of": "value", "fewer_than": 6.666667}, True),
        ({"min_of": "value", "exactly": 0.1}, True),
        ({"max_of": "value", "at_least": 19.7}, True),
        ({"sum_of": "other", "exactly": 0}, True),
        ({"avg_of": "other", "at_most": 5}, False),
    ]:
        assert holds({"did": "order", "within": "90d"} | document, *orders) is expected, document


def test_sequence_needs_each_step_strictly_later():
    document = {"sequence": [{"did": "a"}, {"did": "b"}, {"did": "a"}], "within": "2h"}
    times = NOW - 2 * HOUR_US, NOW - HOUR_US, NOW
    events = [seen(kind, time) for kind, time in zip("aba", times, strict=True)]
    assert holds(document, *events)
    assert not holds(document, *events[:2])
    assert not holds(document, seen("a", times[0] - 1), *events[1:])
    assert not holds({"sequence": [{"did": "a"}, {"did": "a"}]}, events[0], events[0])


def test_whole_changes_when_all_that_decides_has_changed():
    early, late = seen("x", NOW - 30), seen("y", NOW - 10)
    document = {"any": [{"did": "x", "within": "1s"}, {"did": "y", "within": "1s"}]}
    assert verdict(document, early, late) == Verdict(True, NOW - 10 + SECOND_US)
    assert verdict({"all": document["any"]}, early, late) == Verdict(True, NOW - 30 + SECOND_US)


def test_excluded_events_and_unknown_scores_are_nothing():
    assert not holds({"did": "*"}, seen("x", NOW, excluded="bot"))
    assert not holds({"field": "contact.score.other", "gte": 0}, scores={"default": 5.0})
    assert holds({"field": "contact.score.default", "gte": 5}, scores={"default": 5.0})
    assert holds({"field": "contact.tags", "has": "VIP"}, tags=("vip",))
