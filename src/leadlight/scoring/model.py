"""Score models and statements as values. Points are integers in hundredths everywhere inside; decimals only at the edges."""

from enum import StrEnum
from uuid import UUID

import msgspec

from leadlight.rules import Condition, Matcher

GLOBAL = "global"


class Dimension(StrEnum):
    """Fit is who they are, engagement is what they do."""

    FIT = "fit"
    ENGAGEMENT = "engagement"


class Limits(msgspec.Struct, frozen=True):
    """How many matches count per day, Monday week, calendar month and ever; the earliest of a period count."""

    day: int | None = None
    week: int | None = None
    month: int | None = None
    ever: int | None = None


class Fade(msgspec.Struct, frozen=True):
    """How points lose value with age in days; all that are set apply together (their product).

    `expire_days`: worth nothing from that age on. `linear_days`: falls in a straight line to nothing at that age.
    `half_life_days`: halves every so many days.
    """

    expire_days: int | None = None
    linear_days: int | None = None
    half_life_days: int | None = None


class Rule(msgspec.Struct, frozen=True):
    """One line of a model: a behaviour (`matcher`) or a state (`condition`) that is worth points.

    A behaviour rule gives `points_hundredths` for each counted match, or, when `per_measured` is set, that many
    for each unit of the matcher's measured property. A state rule gives its points while its condition holds.
    `tags` are the tag ledgers a behaviour is also counted on; `by_stage` the ledger of the stage at the time.
    """

    key: str
    label: str
    dimension: Dimension
    points_hundredths: int
    matcher: Matcher | None = None
    condition: Condition | None = None
    per_measured: bool = False
    limits: Limits = Limits()
    fade: Fade = Fade()
    group: str | None = None
    by_stage: bool = False
    tags: tuple[str, ...] = ()


class Group(msgspec.Struct, frozen=True):
    """Rules that share an upper and a lower bound on their sum."""

    key: str
    cap_hundredths: int | None = None
    floor_hundredths: int | None = None


class Band(msgspec.Struct, frozen=True):
    """A stretch of the total: entered at `from_hundredths`, left when it falls below `leave_below_hundredths`.

    After leaving, it cannot be entered again for `cool_down_days`.
    """

    key: str
    label: str
    from_hundredths: int
    leave_below_hundredths: int
    cool_down_days: int = 0


class Model(msgspec.Struct, frozen=True):
    """A published version of a score model. `bands` ascend; the first is where everyone starts.

    `fit_grades` are the least fit points for A, B, C (below: D); `engagement_grades` the least engagement points
    for 1, 2, 3 (below: 4). `sales_ready` names the band whose entry opens a hand-off.
    """

    key: str
    version: int
    label: str
    rules: tuple[Rule, ...]
    groups: tuple[Group, ...]
    bands: tuple[Band, ...]
    fit_grades: tuple[int, int, int]
    engagement_grades: tuple[int, int, int]
    cap_hundredths: int | None = None
    floor_hundredths: int | None = None
    sales_ready: str | None = None


class Line(msgspec.Struct, frozen=True):
    """One line of a statement. `day` is None for state rules and corrections (caps, floors), whose counts are 0 or 1."""

    rule: str
    label: str
    level: str
    day: int | None
    matched: int
    counted: int
    points_hundredths: int


class Statement(msgspec.Struct, frozen=True):
    """A score as of a day: the lines of each level sum exactly to that level's total."""

    model: str
    version: int
    as_of_day: int
    total: int
    fit: int
    engagement: int
    levels: dict[str, int]
    lines: tuple[Line, ...]


class Score(msgspec.Struct):
    """What is stored of one contact under one model version. Points in hundredths.

    `levels` are the totals of the stage and tag ledgers. `sums` maps level -> rule index -> uncorrected sum, one for each rule
    that has lines there. `changes_at_us` maps rule index -> the first moment at which time alone changes one of its lines.
    `cool_until_us` maps band -> the moment from which it can be entered again.
    """

    contact_id: UUID
    model: str
    version: int
    as_of_day: int
    total: int
    fit: int
    engagement: int
    band: str
    grade: str
    levels: dict[str, int]
    sums: dict[str, dict[int, int]]
    band_since_us: int
    cool_until_us: dict[str, int] = {}
    changes_at_us: dict[int, int] = {}


class Rescored(msgspec.Struct, frozen=True):
    """A score brought up to date. The band was crossed when `old_band` differs from `score.band`.

    `next_change_us` is the first moment at which time alone changes a line or lets a band be entered (None: never).
    """

    score: Score
    old_band: str
    next_change_us: int | None

    @property
    def crossed(self) -> bool:
        return self.old_band != self.score.band
