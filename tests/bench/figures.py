"""One measured figure, and the table of them all."""

import os
from collections.abc import Iterable
from typing import NamedTuple

SCALE = float(os.environ.get("BENCH_SCALE", "1"))
"""Multiplies all sizes; figures of a smaller workspace tell little about a large one."""


class Figure(NamedTuple):
    """What was measured beside a baseline in the same unit. `target` is the least when `is_rate`, else the most."""

    what: str
    size: str
    unit: str
    value: float
    target: float | None
    baseline: str
    baseline_value: float | None
    is_rate: bool = False

    @property
    def ratio(self) -> float | None:
        """How many times better than the baseline."""
        if not self.baseline_value or not self.value:
            return None
        return self.value / self.baseline_value if self.is_rate else self.baseline_value / self.value

    @property
    def is_met(self) -> bool:
        """Whether the target is reached."""
        return self.target is None or (self.value >= self.target if self.is_rate else self.value <= self.target)


def scaled(number: int) -> int:
    """A size under BENCH_SCALE."""
    return max(1, round(number * SCALE))


def short(number: int) -> str:
    """Such as 20 M."""
    for unit, size in (("M", 1_000_000), ("k", 1_000)):
        if number >= size:
            return f"{number / size:g} {unit}"
    return str(number)


HEAD = ("figure", "size", "measured", "target", "baseline", "ratio")


def table(figures: Iterable[Figure]) -> str:
    """A table in Markdown."""
    rows = [_row(figure) for figure in figures]
    widths = [max(len(row[column]) for row in [HEAD, *rows]) for column in range(len(HEAD))]
    lines = [_line(HEAD, widths), "|" + "|".join("-" * (width + 2) for width in widths) + "|"]
    return "\n".join([*lines, *(_line(row, widths) for row in rows)])


def _row(figure: Figure) -> tuple[str, ...]:
    target = "-"
    if figure.target is not None:
        target = f"{'>=' if figure.is_rate else '<='} {_number(figure.target)}{'' if figure.is_met else ' MISSED'}"
    baseline = figure.baseline
    if figure.baseline_value is not None:
        baseline += f": {_number(figure.baseline_value)}"
    ratio = "-" if figure.ratio is None else f"{figure.ratio:.1f} x"
    return figure.what, figure.size, f"{_number(figure.value)} {figure.unit}", target, baseline, ratio


def _line(cells: Iterable[str], widths: Iterable[int]) -> str:
    return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
