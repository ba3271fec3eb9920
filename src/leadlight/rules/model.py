"""The condition language as values: what a condition is, before anyone evaluates it."""

from enum import StrEnum

import msgspec

from leadlight.kit.ids import digest_id

Scalar = str | int | float | bool | None

ANY_KIND = "*"


class Test(msgspec.Struct, frozen=True):
    """One comparison: the part of an event or the field named by `path`, an operator, a value.

    `value` is a scalar, or a tuple of scalars for operators that take several (`in`, `between`).
    """

    path: str
    op: str
    value: Scalar | tuple[Scalar, ...] = None


class Matcher(msgspec.Struct, frozen=True):
    """A predicate on one event, and what is tallied about the events it matches.

    `kind` is an event kind or ANY_KIND; all of `where` must hold. `measure` is the path of a numeric property
    whose sum, least and greatest value are kept in millionths. `keep_hits` is how many of the newest hit times
    are kept beside the daily tallies (0: none).
    """

    kind: str
    where: tuple[Test, ...] = ()
    measure: str | None = None
    keep_hits: int = 0

    @property
    def fingerprint(self) -> str:
        """Equal predicates have equal fingerprints, whatever definition they come from."""
        body = msgspec.json.encode(self, order="deterministic").decode()
        return digest_id("matcher", body).hex


class Unit(StrEnum):
    """Grain of a window: whole calendar days, or exact hours, minutes, seconds."""

    DAYS = "d"
    HOURS = "h"
    MINUTES = "m"
    SECONDS = "s"


class Window(msgspec.Struct, frozen=True):
    """The last `amount` units: calendar days including today, or an exact span that ends now."""

    amount: int
    unit: Unit

    @property
    def is_exact(self) -> bool:
        return self.unit is not Unit.DAYS


class Field(msgspec.Struct, frozen=True, tag="field"):
    """A comparison on the profile: `contact.*`, `account.*`, `consent.*`."""

    test: Test


class Did(msgspec.Struct, frozen=True, tag="did"):
    """Behaviour: how often (or how much of a measured property), within which stretch of time.

    `aggregate` is `count`, `sum`, `avg`, `min` or `max`; `tests` compare it, all must hold (numbers, path unused).
    `since` restricts to events after the newest event that `since` matches.
    """

    matcher: Matcher
    aggregate: str = "count"
    tests: tuple[Test, ...] = ()
    within: Window | None = None
    since: Matcher | None = None


class Sequence(msgspec.Struct, frozen=True, tag="sequence"):
    """The steps happened one after another, first to last inside `within` when given."""

    steps: tuple[Matcher, ...]
    within: Window | None = None


class InSegment(msgspec.Struct, frozen=True, tag="in_segment"):
    """Membership in another segment."""

    key: str


class All(msgspec.Struct, frozen=True, tag="all"):
    """Every one of `items` holds (true when empty)."""

    items: tuple["Condition", ...]


class Any(msgspec.Struct, frozen=True, tag="any"):
    """At least one of `items` holds (false when empty)."""

    items: tuple["Condition", ...]


class Not(msgspec.Struct, frozen=True, tag="not"):
    """The true complement of `item`, absent values included."""

    item: "Condition"


Condition = Field | Did | Sequence | InSegment | All | Any | Not


class Verdict(msgspec.Struct, frozen=True):
    """Whether a condition holds, and the first moment at which time alone could change that (None: never)."""

    holds: bool
    changes_at_us: int | None = None
