from leadlight.scoring import GLOBAL, Dimension, Fade, Group, Limits
from tests.factories.matching import Match
from tests.factories.scoring import DEMO, IN_POLAND, ORDER, TODAY, behaviour, model, state, stated, visits


def points(said, level=GLOBAL):
    return [line.points_hundredths for line in said.lines if line.level == level]


def test_nobody_has_nothing():
    said = stated(model(behaviour()), [])
    assert (said.total, said.levels, said.lines) == (0, {}, ())


def test_one_line_a_rule_and_day():
    said = stated(model(behaviour(points=250)), visits((3, 2), (1, 1)))
    assert [(line.day, line.matched, line.counted) for line in said.lines] == [(TODAY - 3, 2, 2), (TODAY - 1, 1, 1)]
    assert said.total == 750  # 2 x 2.50 + 1 x 2.50


def test_points_lost_to_a_limit_are_shown():
    said = stated(model(behaviour(points=1_000, limits=Limits(week=3))), visits((3, 2), (2, 2), (1, 2)))
    assert [(line.matched, line.counted) for line in said.lines] == [(2, 2), (2, 1), (2, 0)]
    assert said.total == 3_000  # 20 + 10 + 0


def test_points_fade_and_truncate_toward_zero():
    fading = Fade(linear_days=3)
    said = stated(model(behaviour(points=-100, fade=fading)), visits((2, 1), (1, 1), (0, 1)))
    assert points(said) == [-33, -66, -100]  # -0.33 - 0.66 - 1.00


def test_lines_that_have_faded_altogether_are_gone():
    said = stated(model(behaviour(fade=Fade(expire_days=31))), visits((31, 1), (30, 1)))
    assert [line.day for line in said.lines] == [TODAY - 30]


def test_limit_of_an_expired_match_still_holds():
    said = stated(model(behaviour(fade=Fade(expire_days=2), limits=Limits(ever=1))), visits((2, 1), (1, 1)))
    assert [(line.matched, line.counted) for line in said.lines] == [(1, 0)]


def test_tomorrow_is_not_yet_counted():
    assert stated(model(behaviour()), visits((-1, 1))).lines == ()


def test_measured_property_is_worth_its_sum():
    bought = [Match(ORDER, TODAY, measured=19_990_000), Match(ORDER, TODAY, measured=10_000), Match(ORDER, TODAY)]
    said = stated(model(behaviour("order", points=10, matcher=ORDER)), bought)
    assert [(line.matched, line.points_hundredths) for line in said.lines] == [(3, 200)]  # 0.10 x (19.99 + 0.01)


def test_state_counts_while_it_holds():
    said = stated(model(state(IN_POLAND, points=1_500)), [], profile={"country": "PL"})
    assert [(line.day, line.matched, line.counted, line.points_hundredths) for line in said.lines] == [
        (None, 1, 1, 1_500)
    ]
    assert (said.total, said.fit, said.engagement) == (1_500, 1_500, 0)
    assert stated(model(state(IN_POLAND)), []).lines == ()


def test_group_is_held_at_its_cap_by_a_visible_line():
    made = model(
        behaviour("visit", points=1_000, group="web"),
        behaviour("demo", points=3_000, matcher=DEMO, group="web"),
        groups=[Group("web", cap_hundredths=4_500)],
    )
    said = stated(made, visits((1, 2)) + visits((1, 1), matcher=DEMO))
    assert [(line.rule, line.points_hundredths) for line in said.lines] == [
        ("visit", 2_000), ("demo", 3_000), ("cap:web", -500),
    ]  # 20 + 30 - 5 = 45  # fmt: skip
    assert said.total == said.engagement == 4_500


def test_floor_of_the_model_comes_after_the_groups():
    made = model(
        behaviour(points=-1_000, group="web"),
        state(IN_POLAND, points=-1_000),
        groups=[Group("web", floor_hundredths=-2_000)],
        floor_hundredths=-2_500,
    )
    said = stated(made, visits((1, 4)), profile={"country": "PL"})
    assert [(line.rule, line.points_hundredths) for line in said.lines] == [
        ("visit", -4_000), ("state", -1_000), ("floor:web", 2_000), ("floor", 500),
    ]  # -40 - 10 + 20 + 5 = -25  # fmt: skip
    assert (said.total, said.fit, said.engagement) == (-2_500, -1_000, -1_500)


def test_correction_of_a_fit_group_is_fit():
    made = model(state(IN_POLAND, points=3_000, group="who"), groups=[Group("who", cap_hundredths=1_000)])
    said = stated(made, [], profile={"country": "PL"})
    assert (said.fit, said.engagement) == (1_000, 0)


def test_each_level_is_a_ledger_of_its_own():
    made = model(
        behaviour("visit", limits=Limits(ever=2), by_stage=True, tags=("product-a",)),
        behaviour("demo", points=5_000, matcher=DEMO),
        cap_hundredths=6_000,
    )
    said = stated(
        made, visits((2, 2), stage="lead") + visits((1, 2), stage="mql") + visits((1, 1)) + visits((0, 1), matcher=DEMO)
    )
    assert said.total == 6_000  # 2 x 10 + 50, held at 60
    assert said.levels == {"stage:lead": 2_000, "stage:mql": 2_000, "tag:product-a": 2_000}
    assert [line.level for line in said.lines] == [GLOBAL] * 4 + ["stage:lead", "stage:mql"] + ["tag:product-a"] * 2
    for level, total in {GLOBAL: said.total, **said.levels}.items():
        assert sum(points(said, level)) == total


def test_behaviour_may_be_fit():
    said = stated(model(behaviour(dimension=Dimension.FIT)), visits((1, 1)))
    assert (said.fit, said.engagement) == (1_000, 0)


def test_a_line_is_held_within_64_bits():
    bought = [Match(ORDER, TODAY, measured=10**18 - 1)]
    said = stated(model(behaviour("order", points=10**8, matcher=ORDER)), bought)
    assert said.total == 10**12
