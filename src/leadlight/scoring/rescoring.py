"""Bringing a stored score up to date: only what events touched or time changed is summed again."""

from collections.abc import Iterable
from uuid import UUID

from leadlight.kit.days import start_of_day_us
from leadlight.matching import ContactFacts
from leadlight.rules import evaluate
from leadlight.scoring.bands import Standing, grade_of, settle
from leadlight.scoring.compiled import Behaviour, CompiledModel, State
from leadlight.scoring.ledger import changes_on, ledgers
from leadlight.scoring.model import GLOBAL, Model, Rescored, Score
from leadlight.scoring.totals import Total, totals_of

NEVER_SCORED = -(1 << 31)
"""`as_of_day` of a score whose rules were never summed."""

Sums = dict[str, dict[int, int]]


def first_score(compiled: CompiledModel, contact_id: UUID, now_us: int) -> Score:
    """The score of a contact nothing is known of yet; `rescore` fills it in."""
    return Score(
        contact_id=contact_id,
        model=compiled.model.key,
        version=compiled.model.version,
        as_of_day=NEVER_SCORED,
        total=0,
        fit=0,
        engagement=0,
        band=compiled.model.bands[0].key,
        grade=grade_of(compiled.model, 0, 0),
        levels={},
        sums={},
        band_since_us=now_us,
    )


def rescore(
    compiled: CompiledModel,
    score: Score,
    facts: ContactFacts,
    *,
    touched: Iterable[int] | None,
    is_reshaped: bool = False,
    today: int,
    now_us: int,
) -> Rescored:
    """The score at `now_us` (which lies on `today`), equal to the statement's totals; `score` itself is left as it was.

    `touched` are ids of the matchers whose tallies changed since `score`; None sums everything, as is needed when
    subjects have moved. `is_reshaped` says that the profile, tags, stage or memberships may have changed.
    """
    stale = _stale(compiled, score, touched, today, now_us)
    if stale is not None and is_reshaped:
        stale.update(compiled.states)
    sums, changes = _kept(score, stale)
    for index in _possible(compiled, facts) if stale is None else stale:
        found, changes_at_us = _sums_of(compiled.rules[index], facts, today, now_us)
        for level, points in found.items():
            sums.setdefault(level, {})[index] = points
        if changes_at_us is not None:
            changes[index] = changes_at_us
    fresh = _score(compiled.model, score, totals_of(compiled, sums), today)
    fresh.sums = {level: of_level for level, of_level in sums.items() if of_level}
    fresh.changes_at_us = changes
    standing = settle(compiled.model, fresh.total, standing_of(score), now_us)
    fresh.band, fresh.band_since_us, fresh.cool_until_us = standing.band, standing.since_us, standing.cool_until_us
    moments = list(changes.values())
    if standing.opens_at_us is not None:
        moments.append(standing.opens_at_us)
    return Rescored(fresh, score.band, min(moments, default=None))


def standing_of(score: Score) -> Standing:
    """Where a score stands, as bands go on from there."""
    return Standing(score.band, score.band_since_us, score.cool_until_us)


def _score(model: Model, score: Score, totals: dict[str, Total], today: int) -> Score:
    whole = totals[GLOBAL]
    return Score(
        contact_id=score.contact_id,
        model=model.key,
        version=model.version,
        as_of_day=today,
        total=whole.total,
        fit=whole.fit,
        engagement=whole.engagement,
        band=score.band,
        grade=grade_of(model, whole.fit, whole.engagement),
        levels={level: total.total for level, total in totals.items() if level != GLOBAL},
        sums={},
        band_since_us=score.band_since_us,
    )


def _stale(
    compiled: CompiledModel, score: Score, touched: Iterable[int] | None, today: int, now_us: int
) -> set[int] | None:
    """Indices of the rules to be summed again; None for all."""
    was_never_summed = not (
        score.sums or score.changes_at_us
    )  # found by the batch, which keeps totals alone, or nothing yet
    if touched is None or was_never_summed or today < score.as_of_day:
        return None
    stale = {index for index, at_us in score.changes_at_us.items() if at_us <= now_us}
    for matcher_id in touched:
        stale.update(compiled.by_matcher.get(matcher_id, ()))
    return stale


def _possible(compiled: CompiledModel, facts: ContactFacts) -> set[int]:
    """Indices of the rules that can have lines at all."""
    possible = set(compiled.states)
    for matcher_id in facts.tallied():
        possible.update(compiled.by_matcher.get(matcher_id, ()))
    return possible


def _kept(score: Score, stale: set[int] | None) -> tuple[Sums, dict[int, int]]:
    """Copies of what the score holds about all rules that are not stale."""
    if stale is None:
        return {}, {}
    sums: Sums = {level: dict(of_level) for level, of_level in score.sums.items()}
    changes = dict(score.changes_at_us)
    for index in stale:
        changes.pop(index, None)
        for of_level in sums.values():
            of_level.pop(index, None)
    return sums, changes


def _sums_of(
    rule: Behaviour | State, facts: ContactFacts, today: int, now_us: int
) -> tuple[dict[str, int], int | None]:
    """Level -> sum, for the levels on which the rule has lines, and when time alone changes one of them."""
    if type(rule) is State:
        verdict = evaluate(rule.condition, facts, now_us)
        return {GLOBAL: rule.points} if verdict.holds else {}, verdict.changes_at_us
    assert type(rule) is Behaviour
    tally = facts.tally(rule.matcher_id)
    if not tally.stages:
        return {}, None
    found = ledgers(rule, tally, today)
    day = changes_on(rule, tally, found, today)
    sums = {level: sum([line.points for line in lines]) for level, lines in found.items()}
    return sums, None if day is None else start_of_day_us(day, facts.zone)
