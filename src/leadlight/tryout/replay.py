"""One shard's people, brought to life in memory by the code the server runs: normalise, resolve, tally."""

from collections import Counter
from collections.abc import Iterable
from operator import itemgetter
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Raw

from leadlight import matching, people
from leadlight.events import DropReason, Incoming, Rejection, normalise
from leadlight.pipeline.claims import claim_of
from leadlight.tryout.chunks import unmark
from leadlight.tryout.problems import BadLine, Problems
from leadlight.tryout.recipe import Compiled, Recipe, compiled
from leadlight.tryout.sources import Stream

SOURCE = "file"

_fields = msgspec.json.Decoder(dict[str, Raw]).decode


class Replayed(msgspec.Struct):
    """A shard's people and what they did, ready to be scored.

    `memories` are by subject; `seen` counts each contact's events, `last_us` is its newest.
    """

    directory: people.Directory = msgspec.field(default_factory=people.Directory)
    memories: dict[UUID, matching.Memory] = {}
    problems: Problems = msgspec.field(default_factory=Problems)
    seen: Counter[UUID] = msgspec.field(default_factory=Counter)
    last_us: dict[UUID, int] = {}
    events: int = 0
    duplicates: int = 0
    later: int = 0


def replay(recipe: Recipe, streams: list[Stream], lines: Iterable[tuple[int, bytes]]) -> Replayed:
    """Everybody the marked lines speak of, as of the recipe's day. Events take effect in order of their times."""
    replayed = Replayed()
    said, done = _read(recipe, streams, lines, replayed)
    resolve = replayed.directory.resolve
    for call in said:
        resolve(claim_of(call), call.at_us)
    owners = [resolve(claim_of(call), call.at_us).subject_id for call in done]
    model = compiled(recipe)
    for call, subject_id in zip(done, owners, strict=True):  # only now all identities and stages are known
        _tally(replayed, model, call, subject_id)
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
        call = _call(line, recipe, zone, is_behaviour=stream.is_behaviour)
        if isinstance(call, Rejection):
            replayed.problems.add(BadLine(stream.name, line_number, call.detail, call.reason.sentence))
        elif not stream.is_behaviour:
            said.append(call)
        elif call.day > recipe.as_of_day:
            replayed.later += 1
        else:
            done.append((call.at_us, mark, call))
    done.sort(key=itemgetter(0, 1))
    return said, _once([call for _, _, call in done], replayed)


def _call(line: bytes, recipe: Recipe, zone: ZoneInfo, *, is_behaviour: bool) -> Incoming | Rejection:
    call = normalise(_without_sent_at(line), recipe.read_us, SOURCE, zone)
    if is_behaviour and isinstance(call, Incoming) and call.at_us >= recipe.read_us:
        return Rejection(DropReason.BAD_TIME, "found no timestamp, one before 2000 or one in the future")
    return call


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


def _tally(replayed: Replayed, model: Compiled, call: Incoming, subject_id: UUID) -> None:
    contact = replayed.directory.contact(replayed.directory.subjects[subject_id].contact_id)
    replayed.seen[contact.id] += 1
    replayed.last_us[contact.id] = call.at_us
    matched = [] if call.excluded else model.match(call)
    if not matched:
        return
    stage = people.stage_at(contact.stages, call.at_us)
    memory = replayed.memories.setdefault(subject_id, {})
    for matcher_id, measured in matched:
        matching.tally(memory, matcher_id, model.keep_hits[matcher_id], call.day, stage, call.at_us, measured)
