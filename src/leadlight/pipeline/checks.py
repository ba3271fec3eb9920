"""What is stored of a score against its statement: pure, one contact and model at a time."""

from collections.abc import Iterator, Mapping

from leadlight import scoring
from leadlight.scoring import CompiledModel, Score, Statement


def wrong_with(model: CompiledModel, score: Score, told: Statement, due_us: int | None, now_us: int) -> Iterator[str]:
    """Sentences on what differs; `due_us` is when the contact is to be looked at next, which lies ahead."""
    yield from _wrong_numbers(score, told)
    yield from _wrong_parts(model, score, told)
    yield from _wrong_standing(model, score, told, now_us)
    changes_at_us = min(score.changes_at_us.values(), default=None)
    if changes_at_us is not None and (due_us is None or due_us > changes_at_us):
        yield "no moment is noted for when time alone changes it"


def _wrong_numbers(score: Score, told: Statement) -> Iterator[str]:
    for name in ("total", "fit", "engagement"):
        stored, stated = getattr(score, name), getattr(told, name)
        if stored != stated:
            yield f"the stored {name} is {_points(stored)}, its statement says {_points(stated)}"
    for level in sorted(score.levels.keys() | told.levels.keys()):
        stored, stated = score.levels.get(level), told.levels.get(level)
        if stored != stated:
            yield f"the stored total of {level} is {_points(stored)}, its statement says {_points(stated)}"


def _wrong_parts(model: CompiledModel, score: Score, told: Statement) -> Iterator[str]:
    """The sums of rules, on which the next change builds; of scores the batch engine has found there are none yet."""
    if not (score.sums or score.changes_at_us):
        return
    keys = [rule.key for rule in model.model.rules]
    stored = {(level, keys[index]): points for level, sums in score.sums.items() for index, points in sums.items()}
    stated: dict[tuple[str, str], int] = {}
    for line in told.lines:
        if line.rule in keys:
            place = line.level, line.rule
            stated[place] = stated.get(place, 0) + line.points_hundredths
    if _without_zeros(stored) != _without_zeros(stated):
        yield "the stored sums of its rules are not those of its statement"


def _wrong_standing(model: CompiledModel, score: Score, told: Statement, now_us: int) -> Iterator[str]:
    grade = scoring.grade_of(model.model, told.fit, told.engagement)
    if score.grade != grade:
        yield f"the stored grade is {score.grade}, its statement gives {grade}"
    standing = scoring.Standing(score.band, score.band_since_us, score.cool_until_us)
    band = scoring.settle(model.model, told.total, standing, now_us).band
    if score.band != band:
        yield f"the stored band is {score.band}, its total gives {band}"


def _without_zeros(sums: Mapping[tuple[str, str], int]) -> dict[tuple[str, str], int]:
    return {place: points for place, points in sums.items() if points}


def _points(hundredths: int | None) -> str:
    return "missing" if hundredths is None else f"{hundredths / 100:.2f}"
