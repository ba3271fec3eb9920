"""Dealing the lines of all files out to shards: everybody of one person, and of one account, into the same one."""

import mmap
import os
from array import array
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import msgspec

from leadlight.tryout.chunks import Chunk, lines_of, mark, unmark
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
    """What the survey keeps on disk for dealing: a number for each distinct set of ids, and of each line its set and length."""

    numbers: bytes
    sets: bytes
    lengths: bytes


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
    found = _Found(firsts.tobytes(), sets.tobytes(), array(INDICES, map(len, lines)).tobytes())
    _found_file(directory, chunk).write_bytes(msgspec.msgpack.encode(found))
    parties = [numbers for numbers in numbered if len(numbers) > 1]
    return Survey(len(lines), parties, newest.at_us() if stream.is_behaviour else None)


def deal(plan: Deal, chunk: Chunk, first_line: int) -> None:
    """Note for each line of a chunk, in the file of its shard, which it is and where it lies."""
    found = msgspec.msgpack.decode(_found_file(plan.directory, chunk).read_bytes(), type=_Found)
    roots = _roots(plan.roots_file)
    shards = [roots.get(number, number) % plan.shards for number in array(NUMBERS, found.numbers)]
    dealt = [array(NUMBERS) for _ in range(plan.shards)]
    first, start = mark(chunk.stream, first_line), chunk.start
    lines = zip(array(INDICES, found.sets), array(INDICES, found.lengths), strict=True)
    for number, (ids, length) in enumerate(lines, first):
        dealt[shards[ids]].extend((number, start, length))
        start += length + 1
    for shard, places in enumerate(dealt):
        with (plan.directory / f"shard-{shard}-{os.getpid()}").open("ab") as target:
            places.tofile(target)


def dealt_lines(streams: list[Stream], directory: Path, shard: int) -> Iterator[tuple[int, bytes]]:
    """(mark, call) of all lines of a shard that are not blank, in order of reading."""
    places = array(NUMBERS)
    for path in directory.glob(f"shard-{shard}-*"):
        places.frombytes(path.read_bytes())
    each = iter(places)
    with ExitStack() as files:
        texts = [_text(stream, files) for stream in streams]
        for number, start, length in sorted(zip(each, each, each, strict=True)):
            stream = unmark(number)[0]
            line, body = _body(streams[stream], texts[stream][start : start + length])
            if body and not body.isspace():
                yield (number if line is None else mark(stream, line)), body


def _text(stream: Stream, files: ExitStack) -> mmap.mmap | bytes:
    file = files.enter_context(stream.path.open("rb"))
    if stream.path.stat().st_size == 0:
        return b""
    return files.enter_context(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


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
