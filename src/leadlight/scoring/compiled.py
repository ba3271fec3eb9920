"""A model made ready for many contacts: ids instead of predicates, tables instead of curves."""

from collections.abc import Mapping

import msgspec

from leadlight.kit.errors import LeadlightError
from leadlight.rules import Condition, Matcher, matchers_of
from leadlight.scoring.fading import Curve, curve
from leadlight.scoring.model import Dimension, Limits, Model, Rule

ALWAYS_DAYS = 1 << 31
MONTH_DAYS = 31


class UnknownMatcher(LeadlightError):
    """A rule asks for a behaviour nobody remembers. Register the matchers of the model first."""

    code = "unknown_matcher"


class Behaviour(msgspec.Struct, frozen=True, gc=False):
    """A rule on what was done. `limits` and `curve` are None where nothing limits and nothing fades.

    Days before `today - reach_days` have no lines and fill no period of those that do.
    """

    index: int
    rule: Rule
    matcher_id: int
    points: int
    per_measured: bool
    limits: Limits | None
    curve: Curve | None
    reach_days: int
    by_stage: bool
    tag_levels: tuple[str, ...]


class State(msgspec.Struct, frozen=True, gc=False):
    """A rule on what is so now."""

    index: int
    rule: Rule
    condition: Condition
    points: int


class Bounds(msgspec.Struct, frozen=True, gc=False):
    """What a group holds its sum between."""

    key: str
    cap: int | None
    floor: int | None
    is_fit: bool


class CompiledModel(msgspec.Struct, frozen=True, gc=False):
    """`rules` in the model's order; `by_matcher` maps a matcher id to the indices of rules whose lines it can change.

    `states` are the indices of the rules on what is so, which the profile can change.
    `group_of` holds a group's index for each rule (-1: none), `is_fit` its dimension.
    """

    model: Model
    rules: tuple[Behaviour | State, ...]
    by_matcher: dict[int, tuple[int, ...]]
    states: tuple[int, ...]
    groups: tuple[Bounds, ...]
    group_of: tuple[int, ...]
    is_fit: tuple[bool, ...]


def matchers_of_model(model: Model) -> tuple[Matcher, ...]:
    """Every matcher the rules of `model` ask through, in the order of the rules; may repeat."""
    return tuple(matcher for rule in model.rules for matcher in _matchers_of_rule(rule))


def compile_model(model: Model, matcher_ids: Mapping[str, int]) -> CompiledModel:
    """`matcher_ids` maps fingerprint -> id. Raises UnknownMatcher when one is missing."""
    by_matcher: dict[int, list[int]] = {}
    for index, rule in enumerate(model.rules):
        for matcher_id in {_id_of(matcher, rule, matcher_ids) for matcher in _matchers_of_rule(rule)}:
            by_matcher.setdefault(matcher_id, []).append(index)
    group_index = {group.key: index for index, group in enumerate(model.groups)}
    return CompiledModel(
        model=model,
        rules=tuple(_compile_rule(index, rule, matcher_ids) for index, rule in enumerate(model.rules)),
        by_matcher={matcher_id: tuple(indices) for matcher_id, indices in by_matcher.items()},
        states=tuple(index for index, rule in enumerate(model.rules) if rule.matcher is None),
        groups=tuple(
            Bounds(group.key, group.cap_hundredths, group.floor_hundredths, _group_is_fit(group.key, model))
            for group in model.groups
        ),
        group_of=tuple(-1 if rule.group is None else group_index[rule.group] for rule in model.rules),
        is_fit=tuple(rule.dimension is Dimension.FIT for rule in model.rules),
    )


def _compile_rule(index: int, rule: Rule, matcher_ids: Mapping[str, int]) -> Behaviour | State:
    if rule.matcher is None:
        if rule.condition is None:
            raise ValueError(f"rule {rule.key} has neither a behaviour nor a condition")
        return State(index, rule, rule.condition, rule.points_hundredths)
    limits = None if rule.limits == Limits() else rule.limits
    return Behaviour(
        index=index,
        rule=rule,
        matcher_id=_id_of(rule.matcher, rule, matcher_ids),
        points=rule.points_hundredths,
        per_measured=rule.per_measured,
        limits=limits,
        curve=curve(rule.fade),
        reach_days=_reach_days(limits, curve(rule.fade)),
        by_stage=rule.by_stage,
        tag_levels=tuple(f"tag:{tag}" for tag in rule.tags),
    )


def _reach_days(limits: Limits | None, fading: Curve | None) -> int:
    if fading is None or (limits is not None and limits.ever is not None):
        return ALWAYS_DAYS
    return len(fading.ppm) - 1 + (0 if limits is None else MONTH_DAYS)


def _matchers_of_rule(rule: Rule) -> tuple[Matcher, ...]:
    if rule.matcher is not None:
        return (rule.matcher,)
    return () if rule.condition is None else tuple(matchers_of(rule.condition))


def _id_of(matcher: Matcher, rule: Rule, matcher_ids: Mapping[str, int]) -> int:
    matcher_id = matcher_ids.get(matcher.fingerprint)
    if matcher_id is None:
        raise UnknownMatcher(f"rule {rule.key} asks for {matcher.kind}, which is not registered")
    return matcher_id


def _group_is_fit(key: str, model: Model) -> bool:
    return any(rule.dimension is Dimension.FIT for rule in model.rules if rule.group == key)
