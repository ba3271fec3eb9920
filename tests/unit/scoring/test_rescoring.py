import pytest

from leadlight.kit.days import DAY_US
from leadlight.rules import parse_condition
from leadlight.scoring import Fade, Rescored, UnknownMatcher, compile_model, first_score, rescore
from tests.factories.scoring import DEMO, SOMEONE, TODAY, behaviour, compiled, facts_of, model, state, visits

NOON = TODAY * DAY_US + DAY_US // 2


def scored(made, matches, at_us=NOON, before=None, touched=None) -> Rescored:
    ready = compiled(made)
    held = before or first_score(ready, SOMEONE, at_us)
    return rescore(ready, held, facts_of(made, matches), touched=touched, today=at_us // DAY_US, now_us=at_us)


def test_first_score_says_which_band_was_crossed():
    done = scored(model(behaviour(points=3_000)), visits((0, 1)))
    assert (done.old_band, done.score.band, done.crossed) == ("cold", "warm", True)
    assert done.score.grade == "D3"


def test_only_touched_rules_are_summed_again():
    made = model(behaviour("visit"), behaviour("demo", matcher=DEMO))
    before = scored(made, visits((1, 1)) + visits((1, 1), matcher=DEMO)).score
    # Both have more matches now, but only the demo is said to be touched.
    later = visits((1, 2)) + visits((1, 2), matcher=DEMO)
    assert scored(made, later, before=before, touched=[2]).score.total == 3_000  # 10 + 2 x 10
    assert scored(made, later, before=before).score.total == 4_000


def test_nothing_changes_before_points_expire():
    made = model(behaviour(points=10_000, fade=Fade(expire_days=31)))
    done = scored(made, visits((0, 1)))
    assert done.next_change_us == (TODAY + 31) * DAY_US
    night_before = scored(made, visits((0, 1)), done.next_change_us - 1, done.score, touched=[])
    assert (night_before.score.total, night_before.next_change_us) == (10_000, done.next_change_us)
    gone = scored(made, visits((0, 1)), done.next_change_us, night_before.score, touched=[])
    assert (gone.score.total, gone.old_band, gone.score.band) == (0, "sales-ready", "cold")
    assert gone.next_change_us is None


def test_fading_points_change_at_the_next_midnight_that_moves_a_digit():
    made = model(behaviour(points=3, fade=Fade(linear_days=9)))
    # 3 hundredths: 3.00 today, 2.67 tomorrow, 2.33, 2.00, 1.67 on day 4
    assert scored(made, visits((0, 1))).next_change_us == (TODAY + 1) * DAY_US
    assert scored(made, visits((1, 1))).next_change_us == (TODAY + 3) * DAY_US


def test_what_never_fades_never_changes():
    assert scored(model(behaviour()), visits((0, 1))).next_change_us is None


def test_match_of_tomorrow_counts_from_tomorrow():
    done = scored(model(behaviour()), visits((-1, 1)))
    assert (done.score.total, done.next_change_us) == (0, (TODAY + 1) * DAY_US)
    assert scored(model(behaviour()), visits((-1, 1)), done.next_change_us, done.score, touched=[]).score.total == 1_000


def test_idle_contact_loses_points_on_the_day():
    idle = parse_condition({"not": {"did": "page_viewed", "within": "30d"}})
    made = model(behaviour(points=1_000), state(idle, points=-400))
    done = scored(made, visits((0, 1)))
    assert (done.score.total, done.next_change_us) == (1_000, (TODAY + 30) * DAY_US)
    assert scored(made, visits((0, 1)), done.next_change_us, done.score, touched=[]).score.total == 600


def test_band_that_is_closed_is_entered_when_it_opens():
    made = model(behaviour(points=10_000), behaviour("demo", points=-10_000, matcher=DEMO))
    ready = scored(made, visits((0, 1))).score
    left = scored(made, visits((0, 1)) + visits((0, 1), matcher=DEMO), NOON + 1, ready).score
    wanting = scored(made, visits((0, 2)) + visits((0, 1), matcher=DEMO), NOON + 2, left)
    assert (wanting.score.band, wanting.next_change_us) == ("warm", NOON + 1 + 7 * DAY_US)
    again = scored(
        made, visits((0, 2)) + visits((0, 1), matcher=DEMO), wanting.next_change_us, wanting.score, touched=[]
    )
    assert again.score.band == "sales-ready"


def test_unregistered_matcher_is_refused_by_name():
    with pytest.raises(UnknownMatcher, match="rule demo asks for demo_watched"):
        compile_model(model(behaviour("demo", matcher=DEMO)), {})
