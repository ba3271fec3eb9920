"""Dealing the lines of all files out to shards: everybody of one person, and of one account, into the same one."""

import os
from array import array
from functools import cache
from pathlib import Path

import msgspec

from leadlight.tryout.chunks import Chunk, lines_of, mark
from leadlight.tryout.links import NOBODY, Ids, Links, ids_of, numbers_of
from leadlight.tryout.newest import Newest
from leadlight.tryout.sources import Stream

NUMBERS = "Q"
INDICES = "I"


class Survey(msgspec.Struct, frozen=True, array_like=True):
    """What one chunk holds: how many lines, which ids stand side by side, and the newest time that is not in the future."""

    lines: int
    parties: list[list[int]]
    newest_us: int | None


class _Found(msgspec.Struct, frozen=True, array_like=True):
    """What the survey keeps on disk for dealing: a number for each distinct set of ids, and for each line which set it has."""

    numbers: bytes
    sets: bytes


class Deal(msgspec.Struct, frozen=True):
    """How lines go to shards: the party of each id that has company is in `roots_file`; `shards` counts them."""

    streams: list[Stream]
    directory: Path
    roots_file: Path
    shards: int


def survey(streams: list[Stream], chunk: Chunk, directory: Path, now_us: int) -> Survey:
    """First look at a chunk."""
    stream = streams[chunk.stream]
    lines = lines_of(stream, chunk)
    index: dict[Ids, int] = {}
    sets = array(INDICES)
    newest = Newest(now_us)
    for line in lines:
        ids, said = ids_of(_body(stream, line)[1])
        try:
            sets.append(index.setdefault(ids, len(index)))
        except TypeError:  # an object or array as id: refused later, with its line
            sets.append(index.setdefault(NOBODY, len(index)))
        newest.see(said)
    numbered = [numbers_of(ids) for ids in index]
    firsts = array(NUMBERS, [numbers[0] if numbers else 0 for numbers in numbered])
    _found_file(directory, chunk).write_bytes(msgspec.msgpack.encode(_Found(firsts.tobytes(), sets.tobytes())))
    parties = [numbers for numbers in numbered if len(numbers) > 1]
    return Survey(len(lines), parties, newest.at_us() if stream.is_behaviour else None)


def deal(plan: Deal, chunk: Chunk, first_line: int) -> None:
    """Append each line of a chunk, marked with where it comes from, to the file of its shard."""
    stream = plan.streams[chunk.stream]
    found = msgspec.msgpack.decode(_found_file(plan.directory, chunk).read_bytes(), type=_Found)
    roots = _roots(plan.roots_file)
    shards = [roots.get(number, number) % plan.shards for number in array(NUMBERS, found.numbers)]
    dealt: dict[int, list[bytes]] = {}
    lines = zip(lines_of(stream, chunk), array(INDICES, found.sets), strict=True)
    for number, (raw, ids) in enumerate(lines, first_line):
        line, body = _body(stream, raw)
        if body and not body.isspace():
            dealt.setdefault(shards[ids], []).append(b"%d\t%b\n" % (mark(chunk.stream, line or number), body))
    for shard, bodies in dealt.items():
        with (plan.directory / f"shard-{shard}-{os.getpid()}").open("ab") as target:
            target.writelines(bodies)


def dealt_lines(directory: Path, shard: int) -> list[tuple[int, bytes]]:
    """(mark, call) of all lines of a shard, in order of reading."""
    lines = []
    for path in sorted(directory.glob(f"shard-{shard}-*")):
        for line in path.read_bytes().splitlines():
            number, _, body = line.partition(b"\t")
            lines.append((int(number), body))
    return sorted(lines)


def write_roots(links: Links, path: Path) -> None:
    """Keep the parties for the processes that deal."""
    path.write_bytes(msgspec.msgpack.encode(links.roots()))


@cache
def _roots(path: Path) -> dict[int, int]:
    return msgspec.msgpack.decode(path.read_bytes(), type=dict[int, int])


def _found_file(directory: Path, chunk: Chunk) -> Path:
    return directory / f"found-{chunk.stream}-{chunk.start}"


def _body(stream: Stream, line: bytes) -> tuple[int | None, bytes]:
    """The number a line carries, if any, and the call."""
    if not stream.is_numbered:
        return None, line
    number, _, body = line.partition(b"\t")
    return int(number), body
