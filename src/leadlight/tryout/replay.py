"""One shard's people, brought to life in memory by the code the server runs: normalise, resolve, tally."""

from collections.abc import Iterable
from operator import itemgetter
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Raw

from leadlight import matching
from leadlight.events import Incoming, Rejection, normalise
from leadlight.tryout.chunks import unmark
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
    said, done = _read(recipe, streams, lines, replayed)
    owners = replayed.owners
    for call in said:
        owners.believe(call)
    diaries = [owners.of(call) for call in done]
    model = compiled(recipe)
    for call, diary in zip(done, diaries, strict=True):
        _tally(model, call, diary)
    return replayed


def _read(
    recipe: Recipe, streams: list[Stream], lines: Iterable[tuple[int, bytes]], replayed: Replayed
) -> tuple[list[Incoming], list[Incoming]]:
    """Calls that only say who somebody is, in order of reading, and events by time, each message once."""
    zone = ZoneInfo(recipe.zone)
    said: list[Incoming] = []
    done: list[tuple[int, int, Incoming]] = []
    for mark, line in lines:
        number, line_number = unmark(mark)
        stream = streams[number]
        call = normalise(_without_sent_at(line), recipe.read_us, SOURCE, zone)
        if isinstance(call, Rejection):
            replayed.problems.add(BadLine(stream.name, line_number, call.detail, call.reason.sentence))
        elif stream.is_behaviour and call.at_us >= recipe.read_us:
            replayed.problems.add(BadLine(stream.name, line_number, *UNTIMED))
        elif not stream.is_behaviour:
            said.append(call)
        elif call.day > recipe.as_of_day:
            replayed.later += 1
        else:
            done.append((call.at_us, mark, call))
    done.sort(key=itemgetter(0, 1))
    return said, _once([call for _, _, call in done], replayed)


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


def _once(calls: list[Incoming], replayed: Replayed) -> list[Incoming]:
    """The first of each message id."""
    first: dict[UUID, Incoming] = {}
    for call in calls:
        first.setdefault(call.id, call)
    replayed.events = len(first)
    replayed.duplicates = len(calls) - len(first)
    return list(first.values())


def _tally(model: Compiled, call: Incoming, diary: Diary) -> None:
    """Count one event. Nothing in a file sets a stage, so it happened in none."""
    diary.events += 1
    diary.last_us = call.at_us
    if call.excluded:
        return
    for matcher_id, measured in model.match(call):
        keep_hits = model.keep_hits[matcher_id]
        matching.tally(diary.memory, matcher_id, keep_hits, call.day, NO_STAGE, call.at_us, measured)
