import pytest

from leadlight import people
from leadlight.scoring import default_model, parse_model, to_document
from tests.factories.matching import Match
from tests.factories.scoring import TODAY, stated

MODEL = parse_model(default_model(), "default", 1, people.types_of(people.BUILT_IN))
PERFECT = {
    "title": "Managing Director",
    "country": "PL",
    "email": "anna@transport.example",
    "employees": 400,
    "industry": "Logistics",
}
BEHAVIOURS = [rule for rule in MODEL.rules if rule.matcher is not None and not rule.per_measured]
READY = MODEL.bands[-1].from_hundredths


def done_all_the_time(kind):
    """Every rule about `kind`, five times a day for half a year."""
    matchers = {rule.matcher.fingerprint: rule.matcher for rule in BEHAVIOURS if rule.matcher.kind == kind}
    return [Match(matcher, TODAY - ago) for matcher in matchers.values() for ago in range(180) for _ in range(5)]


def test_default_model_is_valid_and_survives_the_round_trip():
    assert parse_model(to_document(MODEL), "default", 1, None) == MODEL
    assert 30 <= len(MODEL.rules) <= 45


@pytest.mark.parametrize("kind", sorted({rule.matcher.kind for rule in BEHAVIOURS}))
def test_one_action_alone_never_makes_sales_ready(kind):
    said = stated(MODEL, done_all_the_time(kind), profile=PERFECT)
    assert said.fit == 5_000
    assert said.total < READY


def test_fit_alone_is_warm_and_two_kinds_of_action_make_sales_ready():
    assert stated(MODEL, [], profile=PERFECT).total == 5_000  # 15 + 10 + 20 + 10 + 5 = 60, held at 50
    both = done_all_the_time("page_viewed") + done_all_the_time("demo_requested")
    assert stated(MODEL, both, profile=PERFECT).total >= READY


def test_students_with_a_free_address_do_not_fit():
    said = stated(MODEL, [], profile={"title": "Student", "email": "x@gmail.com"})
    assert said.fit == -2_500  # -20 - 5


def test_silence_costs_points_once_there_was_activity():
    visit = next(rule.matcher for rule in MODEL.rules if rule.key == "page")
    assert stated(MODEL, []).total == 0
    assert stated(MODEL, [Match(visit, TODAY - 59)]).total > -1_500
    assert [line.rule for line in stated(MODEL, [Match(visit, TODAY - 95)]).lines] == ["idle"]


def test_a_copy_is_given_each_time():
    default_model()["label"] = "changed"
    assert default_model()["label"] == "Default"
