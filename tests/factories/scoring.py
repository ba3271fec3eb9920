"""Score models made from what a test is about, everything else as usual."""

from collections.abc import Iterable, Sequence
from typing import Any

from leadlight.kit.days import DAY_US
from leadlight.kit.ids import digest_id
from leadlight.matching import ContactFacts, Memory
from leadlight.rules.model import Condition, Field, Matcher, Test
from leadlight.scoring import (
    Band,
    CompiledModel,
    Dimension,
    Group,
    Model,
    Rescored,
    Rule,
    Statement,
    compile_model,
    first_score,
    matchers_of_model,
    rescore,
    statement,
)
from leadlight.scoring.document import LOWEST
from tests.factories.matching import Match, contact_facts, ids_of, remember

VISIT = Matcher("page_viewed")
DEMO = Matcher("demo_watched")
ORDER = Matcher("order_completed", measure="total")
IN_POLAND = Field(Test("contact.country", "in", ("PL",)))
TODAY = 20_000  # Friday 4 October 2024
SOMEONE = digest_id("someone")

BANDS = (
    Band("cold", "Cold", LOWEST, LOWEST),
    Band("warm", "Warm", 3_000, 2_500),
    Band("sales-ready", "Sales-ready", 10_000, 9_000, cool_down_days=7),
)


def behaviour(key: str = "visit", points: int = 1_000, matcher: Matcher = VISIT, **rest: Any) -> Rule:
    """A behaviour rule of engagement; points in hundredths."""
    rest.setdefault("per_measured", matcher.measure is not None)
    return Rule(key, key.capitalize(), rest.pop("dimension", Dimension.ENGAGEMENT), points, matcher=matcher, **rest)


def state(condition: Condition, key: str = "state", points: int = 500, **rest: Any) -> Rule:
    """A state rule of fit; points in hundredths."""
    return Rule(key, key.capitalize(), rest.pop("dimension", Dimension.FIT), points, condition=condition, **rest)


def model(*rules: Rule, groups: Sequence[Group] = (), bands: Sequence[Band] = BANDS, **rest: Any) -> Model:
    """Version 1 of a model of these rules."""
    return Model(
        key="default",
        version=1,
        label="Default",
        rules=rules,
        groups=tuple(groups),
        bands=tuple(bands),
        fit_grades=(6_000, 4_000, 2_000),
        engagement_grades=(8_000, 4_000, 1_500),
        **rest,
    )


def compiled(made: Model) -> CompiledModel:
    """Compiled with ids as `facts_of` gives them."""
    return compile_model(made, ids_of(matchers_of_model(made)))


def facts_of(made: Model, matches: Iterable[Match], **rest: Any) -> ContactFacts:
    """A contact of one subject who did this."""
    ids = ids_of(matchers_of_model(made))
    return contact_facts(ids, [remember(matches, ids)], **rest)


def stated(made: Model, matches: Iterable[Match], today: int = TODAY, **rest: Any) -> Statement:
    """The statement at the last moment of `today` of someone who did this."""
    return statement(compiled(made), facts_of(made, matches, **rest), today, (today + 1) * DAY_US - 1)


def rescored(made: Model, memories: Sequence[Memory], today: int = TODAY) -> Rescored:
    """A first score at the last moment of `today`."""
    ready = compiled(made)
    now_us = (today + 1) * DAY_US - 1
    facts = contact_facts(ids_of(matchers_of_model(made)), memories)
    return rescore(ready, first_score(ready, SOMEONE, now_us), facts, touched=None, today=today, now_us=now_us)


def visits(*counts: tuple[int, int], matcher: Matcher = VISIT, stage: str = "") -> list[Match]:
    """(days before TODAY, how many) -> matches."""
    return [Match(matcher, TODAY - ago, stage) for ago, count in counts for _ in range(count)]
