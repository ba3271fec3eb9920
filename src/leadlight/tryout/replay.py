"""One shard's people, brought to life in memory by the code the server runs: normalise, resolve, tally."""

from collections.abc import Iterable, Iterator
from operator import attrgetter

import msgspec
from msgspec import Raw

from leadlight import matching
from leadlight.events import Rejection, normalise
from leadlight.people import Claim
from leadlight.pipeline import claim_of
from leadlight.tryout.chunks import unmark
from leadlight.tryout.deeds import Deed, deed_of
from leadlight.tryout.owners import Diary, Owners
from leadlight.tryout.problems import BadLine, Problems
from leadlight.tryout.recipe import Compiled, Recipe, compiled
from leadlight.tryout.sources import Stream

SOURCE = "file"
UNTIMED = ("found no timestamp, one before 2000 or one in the future", "Expected when it happened, as ISO 8601.")
NO_STAGE = ""

_fields = msgspec.json.Decoder(dict[str, Raw]).decode


class Replayed(msgspec.Struct):
    """A shard's people with their diaries, ready to be scored."""

    owners: Owners = msgspec.field(default_factory=Owners)
    problems: Problems = msgspec.field(default_factory=Problems)
    events: int = 0
    duplicates: int = 0
    later: int = 0


def replay(recipe: Recipe, streams: list[Stream], lines: Iterable[tuple[int, bytes]]) -> Replayed:
    """Everybody the marked lines speak of, as of the recipe's day. Events take effect in order of their times."""
    replayed = Replayed()
    said, deeds = _read(recipe, streams, lines, replayed)
    model = compiled(recipe)
    for claim in said:
        replayed.owners.believe(claim)
    for deed in _once(deeds, replayed):
        _tally(model, deed, replayed.owners.of(deed))
    return replayed


def _read(
    recipe: Recipe, streams: list[Stream], lines: Iterable[tuple[int, bytes]], replayed: Replayed
) -> tuple[list[Claim], list[Deed]]:
    """What is only said about people, in order of reading, and events by time."""
    model = compiled(recipe)
    said: list[Claim] = []
    deeds: list[Deed] = []
    for mark, line in lines:
        number, line_number = unmark(mark)
        stream = streams[number]
        call = normalise(_without_sent_at(line), recipe.read_us, SOURCE, model.zone)
        if isinstance(call, Rejection):
            replayed.problems.add(BadLine(stream.name, line_number, call.detail, call.reason.sentence))
        elif not stream.is_behaviour:
            said.append(claim_of(call))
        elif call.at_us >= recipe.read_us:
            replayed.problems.add(BadLine(stream.name, line_number, *UNTIMED))
        elif call.day > recipe.as_of_day:
            replayed.later += 1
        else:
            deeds.append(deed_of(call, mark, () if call.excluded else tuple(model.match(call))))
    deeds.sort(key=attrgetter("at_us", "number"))
    return said, deeds


def _without_sent_at(line: bytes) -> bytes:
    """In a file there is no telling how far the sender's clock was off: exports have corrected times already."""
    if b'"sentAt"' not in line:
        return line
    try:
        fields = _fields(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return line
    fields.pop("sentAt", None)
    return msgspec.json.encode(fields)


def _once(deeds: list[Deed], replayed: Replayed) -> Iterator[Deed]:
    """The first of each message."""
    seen: set[int] = set()
    for deed in deeds:
        if deed.message in seen:
            replayed.duplicates += 1
            continue
        seen.add(deed.message)
        yield deed
    replayed.events = len(seen)


def _tally(model: Compiled, deed: Deed, diary: Diary) -> None:
    """Count one event. Nothing in a file sets a stage, so it happened in none; subjects may still move to other contacts."""
    diary.events += 1
    diary.last_us = deed.at_us
    for matcher_id, measured in deed.hits:
        keep_hits = model.keep_hits[matcher_id]
        matching.tally(diary.memory, matcher_id, keep_hits, deed.day, NO_STAGE, deed.at_us, measured)
