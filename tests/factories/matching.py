"""Memories and contacts made from short lists of matches."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from leadlight.kit.days import DAY_US, start_of_day_us
from leadlight.matching import ContactFacts, Memory, tally
from leadlight.rules.model import Matcher

UTC = ZoneInfo("UTC")


class Match(msgspec.Struct, frozen=True):
    """One match of `matcher`: on a day, in a stage, at a time of that day, with a measured value in millionths."""

    matcher: Matcher
    day: int
    stage: str = ""
    measured: int | None = None
    second: int = 0


def ids_of(matchers: Iterable[Matcher]) -> dict[str, int]:
    """Fingerprint -> id, from 1 in order of appearance."""
    ids: dict[str, int] = {}
    for matcher in matchers:
        ids.setdefault(matcher.fingerprint, len(ids) + 1)
    return ids


def remember(matches: Iterable[Match], ids: Mapping[str, int], zone: ZoneInfo = UTC) -> Memory:
    """The memory of `matches`; those of matchers without an id are forgotten."""
    memory: Memory = {}
    for match in matches:
        matcher_id = ids.get(match.matcher.fingerprint)
        if matcher_id is None:
            continue
        at_us = min(
            start_of_day_us(match.day, zone) + match.second * 1_000_000, start_of_day_us(match.day, zone) + DAY_US
        )
        tally(memory, matcher_id, match.matcher.keep_hits, match.day, match.stage, at_us, match.measured)
    return memory


def contact_facts(
    ids: Mapping[str, int],
    memories: Sequence[Memory] = (),
    profile: Mapping[str, Any] | None = None,
    tags: Iterable[str] = (),
    stage: str | None = None,
    zone: ZoneInfo = UTC,
) -> ContactFacts:
    """A contact as conditions see it."""
    return ContactFacts(
        profile=profile or {},
        account={},
        tags=frozenset(tags),
        stage=stage,
        memories=list(memories),
        zone=zone,
        matcher_ids=ids,
    )
