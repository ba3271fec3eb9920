"""What all shards are scored with, small enough to hand to another process."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from leadlight import people, rules, scoring


class Recipe(msgspec.Struct, frozen=True):
    """`document` is the score model as JSON. Scores are as of `as_of_day`, at `now_us`; nothing after `read_us` is believed.

    `top` bounds how many leads a shard gives (0: all), `reasons` how many reasons each has. Statements cost space: only when asked for.
    """

    key: str
    document: bytes
    zone: str
    as_of_day: int
    now_us: int
    read_us: int
    top: int
    reasons: int
    with_statements: bool
    with_visitors: bool


class Compiled(msgspec.Struct, frozen=True):
    """The model as the server compiles it. `match` yields (matcher id, measured millionths) for one event."""

    zone: ZoneInfo
    matcher_ids: Mapping[str, int]
    keep_hits: Mapping[int, int]
    match: Callable[[Any], list[tuple[int, int | None]]]
    model: scoring.CompiledModel


@cache
def compiled(recipe: Recipe) -> Compiled:
    """Compile the recipe's model, once a process."""
    fields = people.types_of(people.BUILT_IN)
    model = scoring.parse_model(msgspec.json.decode(recipe.document), recipe.key, 1, fields)
    matchers = {matcher.fingerprint: matcher for matcher in scoring.matchers_of_model(model)}
    numbered = list(enumerate(matchers.values(), 1))
    ids = {matcher.fingerprint: matcher_id for matcher_id, matcher in numbered}
    return Compiled(
        zone=ZoneInfo(recipe.zone),
        matcher_ids=ids,
        keep_hits={matcher_id: matcher.keep_hits for matcher_id, matcher in numbered},
        match=rules.compile_matchers(numbered),
        model=scoring.compile_model(model, ids),
    )
