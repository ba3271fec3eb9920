"""Random models, histories and moments for laws that hold for all of them."""

from zoneinfo import ZoneInfo

import msgspec
from hypothesis import strategies as st

from leadlight.kit.days import SECOND_US, day_of, start_of_day_us
from leadlight.matching import Memory, tally
from leadlight.rules import Matcher, parse_condition
from leadlight.scoring import CompiledModel, Dimension, Fade, Group, Limits, Model, Rule, matchers_of_model
from tests.factories.scoring import TODAY, behaviour, model, state

KINDS = ("page_viewed", "demo_watched", "order_completed")
STAGES = ("", "lead", "mql")
PAST_DAYS = 75
ZONES = ("UTC", "Europe/Warsaw", "America/New_York")


class Happening(msgspec.Struct, frozen=True):
    """An event as far as matching cares: who of one contact's subjects, what, when, in which stage, how much."""

    subject: int
    kind: str
    day: int
    second: int
    stage: str
    measured: int | None

    def at_us(self, zone: ZoneInfo) -> int:
        """Its time; seconds run from midnight in `zone`, on days of any length."""
        return start_of_day_us(self.day, zone) + self.second * SECOND_US


def maybe(strategy: st.SearchStrategy[int]) -> st.SearchStrategy[int | None]:
    return st.none() | strategy


limits = st.builds(
    Limits,
    day=maybe(st.integers(1, 3)),
    week=maybe(st.integers(1, 5)),
    month=maybe(st.integers(1, 8)),
    ever=maybe(st.integers(1, 12)),
)
fades = st.builds(
    Fade,
    expire_days=maybe(st.integers(1, 60)),
    linear_days=maybe(st.integers(1, 60)),
    half_life_days=maybe(st.integers(1, 20)),
)
groups = st.builds(
    Group,
    key=st.just("web"),
    cap_hundredths=maybe(st.integers(0, 4_000)),
    floor_hundredths=maybe(st.integers(-4_000, 0)),
)
points = st.integers(-2_000, 2_000)

windows = st.integers(1, 40).map("{}d".format) | st.integers(1, 60).map("{}h".format) | st.sampled_from(["90m", "45s"])
did = st.fixed_dictionaries(
    {"did": st.sampled_from([*KINDS, "*"])}, optional={"within": windows, "at_least": st.integers(1, 4)}
)
amounts = st.fixed_dictionaries(
    {"did": st.just("order_completed"), "sum_of": st.just("total"), "at_least": st.integers(-50, 200)},
    optional={"within": st.integers(1, 40).map("{}d".format)},
)
country = st.sampled_from([{"field": "contact.country", "in": ["PL", "HR"]}, {"field": "contact.tags", "has": "vip"}])
simple = did | amounts | country
documents = st.recursive(
    simple,
    lambda inner: st.one_of(
        st.fixed_dictionaries({"not": inner}),
        st.fixed_dictionaries({"all": st.lists(inner, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"any": st.lists(inner, min_size=1, max_size=3)}),
    ),
    max_leaves=4,
)
conditions = documents.map(parse_condition)


@st.composite
def behaviours(draw: st.DrawFn, key: str) -> Rule:
    """A behaviour rule; one that is worth a measured property has no limits."""
    kind = draw(st.sampled_from(KINDS))
    measure = "total" if kind == "order_completed" and draw(st.booleans()) else None
    return behaviour(
        key,
        points=draw(points),
        matcher=Matcher(kind, measure=measure),
        limits=Limits() if measure else draw(limits),
        fade=draw(st.just(Fade()) | fades),
        group="web" if draw(st.booleans()) else None,
        by_stage=draw(st.booleans()),
        tags=tuple(draw(st.sets(st.sampled_from(["a", "b"]), max_size=2))),
    )


@st.composite
def models(draw: st.DrawFn) -> Model:
    """Up to four behaviour rules and two state rules, one group, sometimes a cap and a floor."""
    doing = [draw(behaviours(f"did{index}")) for index in range(draw(st.integers(1, 4)))]
    being = [
        state(
            draw(conditions),
            f"is{index}",
            points=draw(points),
            dimension=draw(st.sampled_from(Dimension)),
        )
        for index in range(draw(st.integers(0, 2)))
    ]
    return model(
        *draw(st.permutations(doing + being)),
        groups=[draw(groups)],
        cap_hundredths=draw(maybe(st.integers(0, 12_000))),
        floor_hundredths=draw(maybe(st.integers(-6_000, 0))),
    )


happenings = st.builds(
    Happening,
    subject=st.integers(0, 1),
    kind=st.sampled_from(KINDS),
    day=st.integers(TODAY - PAST_DAYS, TODAY),
    second=st.integers(0, 82_000),
    stage=st.sampled_from(STAGES),
    measured=maybe(st.integers(-(10**9), 10**9)),
)
histories = st.lists(happenings, max_size=25)
profiles = st.sampled_from([{}, {"country": "PL"}, {"country": "DE"}])
zones = st.sampled_from(ZONES).map(ZoneInfo)
moments = st.integers(0, 86_399 * SECOND_US).map(lambda us: TODAY * 86_400 * SECOND_US + us)


def matches_of(ready: CompiledModel, happening: Happening, ids: dict[str, int]) -> list[tuple[int, Matcher]]:
    """Ids and matchers of a model that match."""
    found = {
        ids[matcher.fingerprint]: matcher
        for matcher in matchers_of_model(ready.model)
        if matcher.kind in {"*", happening.kind}
    }
    return list(found.items())


def take(memory: Memory, matched: list[tuple[int, Matcher]], happening: Happening, zone: ZoneInfo) -> None:
    """Tally one happening for every matcher it matches."""
    for matcher_id, matcher in matched:
        measured = happening.measured if matcher.measure else None
        at_us = happening.at_us(zone)
        day = day_of(at_us, zone)
        tally(memory, matcher_id, matcher.keep_hits, day, happening.stage, at_us, measured)
