import pytest

from leadlight.kit.errors import InvalidDocument
from leadlight.scoring import Dimension, Fade, Limits, parse_model, to_document

FIELDS = {"contact.country": "text"}
BANDS = [{"key": "cold"}, {"key": "warm", "from": 30, "leave_below": 25}]
RICH = {
    "label": "Default",
    "groups": [{"key": "web", "cap": 60, "floor": -20.5}],
    "rules": [
        {
            "key": "pricing",
            "label": "Viewed pricing",
            "did": "Page Viewed",
            "where": {"url.path": {"contains_word": "pricing"}},
            "points": 10.25,
            "limits": {"day": 2, "week": 5, "month": 10, "ever": 30},
            "fade": {"expire": "90d", "linear": "60d", "half_life": "14d"},
            "group": "web",
            "levels": {"stage": True, "tags": ["product-a"]},
        },
        {"key": "country", "label": "Home", "when": {"field": "contact.country", "in": ["PL", "HR"]}, "points": 15},
        {
            "key": "idle",
            "label": "Idle",
            "when": {"not": {"did": "*", "within": "60d"}},
            "dimension": "engagement",
            "points": -10,
        },
        {"key": "given", "label": "Given", "did": "points_added", "points_per": "points", "points": 1},
    ],
    "bands": [
        {"key": "cold", "label": "Cold"},
        {"key": "ready", "label": "Ready", "from": 100, "leave_below": 90, "cool_down": "7d"},
    ],
    "grade": {"fit": [60, 40, 20], "engagement": [80, 40, 15]},
    "sales_ready": "ready",
    "floor": -50,
    "cap": 500,
}


def parsed(document):
    return parse_model(document, "default", 3, FIELDS)


def problems(document):
    with pytest.raises(InvalidDocument) as raised:
        parsed(document)
    return [problem.path for problem in raised.value.problems]


def with_rule(**changes):
    rule = {"key": "r", "did": "page_viewed", "points": 1} | changes
    return {"rules": [{name: value for name, value in rule.items() if value is not None}], "bands": BANDS}


def test_rich_document_becomes_a_model():
    made = parsed(RICH)
    pricing, country, idle, given = made.rules
    assert (made.key, made.version, made.cap_hundredths, made.floor_hundredths) == ("default", 3, 50_000, -5_000)
    assert (pricing.points_hundredths, pricing.limits) == (1_025, Limits(2, 5, 10, 30))
    assert pricing.fade == Fade(expire_days=90, linear_days=60, half_life_days=14)
    assert (pricing.group, pricing.by_stage, pricing.tags) == ("web", True, ("product-a",))
    assert (pricing.matcher.kind, pricing.dimension) == ("page_viewed", Dimension.ENGAGEMENT)
    assert (country.dimension, idle.dimension) == (Dimension.FIT, Dimension.ENGAGEMENT)
    assert (given.per_measured, given.matcher.measure) == (True, "points")
    assert [band.from_hundredths for band in made.bands[1:]] == [10_000]
    assert made.groups[0].floor_hundredths == -2_050


def test_document_survives_the_round_trip():
    made = parsed(RICH)
    assert parsed(to_document(made)) == made
    assert to_document(parsed(to_document(made))) == to_document(made)


@pytest.mark.parametrize(
    ("document", "paths"),
    [
        (None, ["", "bands"]),
        ([], ["", "bands"]),
        ({"bands": BANDS, "rule": []}, ["rule"]),
        ({"bands": []}, ["bands"]),
        ({"bands": [{"key": "cold", "from": 3}]}, ["bands[0].from"]),
        ({"bands": [{"key": "cold"}, {"key": "cold", "from": 3}]}, ["bands[1].key"]),
        ({"bands": [{"key": "a"}, {"key": "b", "from": 3}, {"key": "c", "from": 3}]}, ["bands[2].from"]),
        ({"bands": [{"key": "a"}, {"key": "b", "from": 3, "leave_below": 4}]}, ["bands[1].leave_below"]),
        ({"bands": BANDS, "sales_ready": "cold"}, ["sales_ready"]),
        ({"bands": BANDS, "grade": {"fit": [1, 2, 3]}}, ["grade.fit"]),
        ({"bands": BANDS, "cap": -1, "floor": 1}, ["cap", "floor"]),
        ({"bands": BANDS, "groups": [{"key": "web", "cap": 1.005}]}, ["groups[0].cap"]),
        (with_rule(key="Bad Key"), ["rules[0].key"]),
        (with_rule(key="cap"), ["rules[0].key"]),
        (with_rule(points=None), ["rules[0].points"]),
        (with_rule(points="5"), ["rules[0].points"]),
        (with_rule(points=float("nan")), ["rules[0].points"]),
        (with_rule(points=True), ["rules[0].points"]),
        (with_rule(points=1_000_001), ["rules[0].points"]),
        (with_rule(did=None), ["rules[0]"]),
        (with_rule(when={"field": "contact.country", "is": "PL"}), ["rules[0]"]),
        (with_rule(did=None, when={"field": "contact.contry", "is": "PL"}), ["rules[0].when.field"]),
        (with_rule(did=None, when={"field": "contact.score.default", "gt": 1}), ["rules[0].when.field"]),
        (with_rule(did=None, when={"in_segment": "x"}), ["rules[0].when"]),
        (with_rule(did=None, when={"did": "x"}, limits={"day": 1}), ["rules[0].limits"]),
        (with_rule(where={"url.path": {"contains_wrod": "x"}}), ["rules[0].where.url.path.contains_wrod"]),
        (with_rule(points_per="a..b"), ["rules[0].points_per"]),
        (with_rule(points_per="points", limits={"day": 1}), ["rules[0].limits"]),
        (with_rule(limits={"day": 0, "year": 1}), ["rules[0].limits.year", "rules[0].limits.day"]),
        (with_rule(fade={"expire": "0d"}), ["rules[0].fade.expire"]),
        (with_rule(fade={"linear": "2h"}), ["rules[0].fade.linear"]),
        (with_rule(fade={"half_life": "99999d"}), ["rules[0].fade.half_life"]),
        (with_rule(dimension="both"), ["rules[0].dimension"]),
        (with_rule(group="nowhere"), ["rules[0].group"]),
        (with_rule(levels={"stage": "yes", "tags": "a"}), ["rules[0].levels.tags", "rules[0].levels.stage"]),
    ],
)  # fmt: skip
def test_problem_names_its_path(document, paths):
    assert problems(document) == paths


def test_group_holds_one_dimension():
    rules = [
        {"key": "a", "did": "x", "points": 1, "group": "g"},
        {"key": "b", "did": "x", "points": 1, "group": "g", "dimension": "fit"},
    ]
    assert problems({"rules": rules, "groups": [{"key": "g"}], "bands": BANDS}) == ["rules[1].group"]
