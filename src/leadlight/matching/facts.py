"""One contact as conditions see it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from leadlight.matching.memory import merged, over_stages
from leadlight.matching.model import Memory, Tally
from leadlight.rules import DayTally, Matcher

_NO_TALLY = Tally()
_REMEMBERED = 10_000


class ContactFacts(msgspec.Struct):
    """Implements `rules.facts.Facts` over a contact's profile and the memories of its subjects.

    `matcher_ids` maps fingerprint -> id, `keep_hits` id -> how many hit times that matcher keeps, `scores` model -> hundredths.
    """

    profile: Mapping[str, Any]
    account: Mapping[str, Any]
    tags: frozenset[str]
    stage: str | None
    memories: Sequence[Memory]
    zone: ZoneInfo
    matcher_ids: Mapping[str, int]
    keep_hits: Mapping[int, int] = {}
    scores: Mapping[str, int] = {}
    memberships: frozenset[str] = frozenset()
    _merged: dict[int, Tally] = {}

    def field(self, path: str) -> object:
        """Value of a profile field, tag set, stage or score (in points); None when absent."""
        owner, _, name = path.partition(".")
        if owner == "account":
            return reach(self.account, name)
        if path == "contact.tags":
            return self.tags
        if path == "contact.stage":
            return self.stage
        if path.startswith("contact.score."):
            total = self.scores.get(name.removeprefix("score."))
            return None if total is None else total / 100
        return reach(self.profile, path if owner == "consent" else name)

    def days(self, matcher: Matcher) -> Iterable[DayTally]:
        """Daily tallies over all stages, in any order."""
        return [
            DayTally(day, cell.count, cell.measured, cell.total, cell.low, cell.high)
            for day, cell in over_stages(self.tally(self._id(matcher))).items()
        ]

    def counts(self, matcher: Matcher) -> dict[int, int]:
        """Day -> matches, over all stages."""
        return {day: cell.count for day, cell in over_stages(self.tally(self._id(matcher))).items()}

    def hits(self, matcher: Matcher) -> Sequence[int]:
        """The newest `matcher.keep_hits` hit times, oldest first."""
        return self.tally(self._id(matcher)).hits[-matcher.keep_hits :] if matcher.keep_hits else ()

    def segments(self) -> frozenset[str]:
        """Keys of the segments the contact is in."""
        return self.memberships

    def tally(self, matcher_id: int) -> Tally:
        """What all subjects together remember about one matcher; not to be changed."""
        if len(self.memories) == 1:
            return self.memories[0].get(matcher_id, _NO_TALLY)
        found = self._merged.get(matcher_id)
        if found is None:
            found = self._merged[matcher_id] = merged(self.memories, matcher_id)
        return found

    def tallied(self) -> set[int]:
        """Ids of the matchers anything is remembered about."""
        return {matcher_id for memory in self.memories for matcher_id in memory}

    def _id(self, matcher: Matcher) -> int:
        return self.matcher_ids.get(fingerprint_of(matcher), 0)


def reach(holder: Mapping[str, Any], path: str) -> object:
    """The value under a name, or under a dotted path through nested objects; None when absent."""
    if path in holder or "." not in path:
        return holder.get(path)
    value: object = holder
    for part in path.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(part)
    return value


_fingerprints: dict[int, tuple[Matcher, str]] = {}


def fingerprint_of(matcher: Matcher) -> str:
    """`matcher.fingerprint`, remembered by identity: equality would take `is: 1` and `is: true` for one matcher."""
    known = _fingerprints.get(id(matcher))
    if known is not None:
        return known[1]
    if len(_fingerprints) >= _REMEMBERED:
        _fingerprints.clear()
    fingerprint = matcher.fingerprint
    _fingerprints[id(matcher)] = matcher, fingerprint
    return fingerprint
