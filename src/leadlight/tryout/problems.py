"""Lines that could not be read: where, what was found, what was expected."""

from collections import Counter

import msgspec

from leadlight.kit.errors import LeadlightError

MOST_SHOWN = 20


class UnreadableFile(LeadlightError):
    """The file cannot be read. Check its name and its format: JSON lines, CSV or Parquet, also gzipped."""

    code = "unreadable_file"
    status = 400


class BadLine(msgspec.Struct, frozen=True):
    """One line left out. `line` counts from 1, the header of a CSV file included."""

    file: str
    line: int
    found: str
    expected: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.found}. {self.expected}"


class Problems(msgspec.Struct):
    """All lines left out: how many for each reason, and the first few in full."""

    counts: Counter[str] = msgspec.field(default_factory=Counter)
    shown: list[BadLine] = []

    def add(self, problem: BadLine) -> None:
        """Count one; keep it when it is among the first."""
        self.counts[problem.expected] += 1
        self.shown.append(problem)
        if len(self.shown) >= 4 * MOST_SHOWN:
            self._trim()

    def include(self, other: "Problems") -> None:
        """Count all of `other` too."""
        self.counts += other.counts
        self.shown += other.shown
        self._trim()

    @property
    def total(self) -> int:
        return self.counts.total()

    def first(self) -> list[BadLine]:
        """The first of each file, in order of the lines."""
        self._trim()
        return self.shown

    def _trim(self) -> None:
        self.shown = sorted(self.shown, key=lambda bad: (bad.file, bad.line))[:MOST_SHOWN]
