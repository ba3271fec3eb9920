"""From the sums of rules to totals: group caps and floors, then the model's, each as a visible correction."""

from collections.abc import Mapping

import msgspec

from leadlight.scoring.compiled import CompiledModel
from leadlight.scoring.model import GLOBAL, Line


class Total(msgspec.Struct, frozen=True):
    """One ledger summed up. `corrections` are its lines for caps and floors, groups first."""

    total: int
    fit: int
    engagement: int
    corrections: tuple[Line, ...] = ()


def total_of(compiled: CompiledModel, level: str, sums: Mapping[int, int]) -> Total:
    """`sums` maps rule index -> uncorrected sum. What the model's own cap and floor take or give is engagement."""
    fit = engagement = 0
    grouped = [0] * len(compiled.groups)
    for index, points in sums.items():
        group = compiled.group_of[index]
        if group >= 0:
            grouped[group] += points
        if compiled.is_fit[index]:
            fit += points
        else:
            engagement += points
    corrections = []
    for bounds, points in zip(compiled.groups, grouped, strict=True):
        line = _correction(level, bounds.key, points, bounds.cap, bounds.floor)
        if line is not None:
            corrections.append(line)
            if bounds.is_fit:
                fit += line.points_hundredths
            else:
                engagement += line.points_hundredths
    model = compiled.model
    line = _correction(level, "", fit + engagement, model.cap_hundredths, model.floor_hundredths)
    if line is not None:
        corrections.append(line)
        engagement += line.points_hundredths
    return Total(fit + engagement, fit, engagement, tuple(corrections))


def totals_of(compiled: CompiledModel, sums: Mapping[str, Mapping[int, int]]) -> dict[str, Total]:
    """Level -> total, for the global ledger and every other that has lines."""
    totals = {level: total_of(compiled, level, of_level) for level, of_level in sums.items() if of_level}
    if GLOBAL not in totals:
        totals[GLOBAL] = total_of(compiled, GLOBAL, {})
    return totals


def _correction(level: str, group: str, points: int, cap: int | None, floor: int | None) -> Line | None:
    if cap is not None and points > cap:
        return _line(level, "cap", group, cap - points)
    if floor is not None and points < floor:
        return _line(level, "floor", group, floor - points)
    return None


def _line(level: str, word: str, group: str, points: int) -> Line:
    whose = f"group {group}" if group else "the model"
    label = f"{word.capitalize()} of {whose}"
    return Line(
        rule=f"{word}:{group}" if group else word,
        label=label,
        level=level,
        day=None,
        matched=0,
        counted=0,
        points_hundredths=points,
    )
