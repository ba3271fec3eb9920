"""Dealing the lines of all files out to shards: everybody of one person, and of one account, into the same one."""

import os
from functools import cache
from pathlib import Path

import msgspec

from leadlight.events import read_time
from leadlight.tryout.chunks import Chunk, lines_of, mark
from leadlight.tryout.links import NOBODY, Ids, Links, ids_of, numbers_of
from leadlight.tryout.sources import Stream


class Survey(msgspec.Struct, frozen=True, array_like=True):
    """What one chunk holds: how many lines, which ids stand side by side, and the newest time before `now_us`."""

    lines: int
    parties: list[list[int]]
    newest_us: int | None


class Deal(msgspec.Struct, frozen=True):
    """How lines go to shards: the party of each id that has company is in `roots_file`; `shards` counts them."""

    streams: list[Stream]
    roots_file: Path
    shards: int
    directory: Path


def survey(stream: Stream, chunk: Chunk, now_us: int) -> Survey:
    """First look at a chunk."""
    lines = lines_of(stream, chunk)
    seen: set[Ids] = set()
    times: set[str | int] = set()
    for line in lines:
        ids, said = ids_of(_body(stream, line)[1])
        seen.add(_hashable(ids))
        if stream.is_behaviour and isinstance(said, str | int | float):
            times.add(said if isinstance(said, str) else int(said))
    parties = [numbers for ids in seen if len(numbers := numbers_of(ids)) > 1]
    return Survey(len(lines), parties, _newest(times, now_us))


def deal(plan: Deal, chunk: Chunk, first_line: int) -> None:
    """Append each line of a chunk, marked with where it comes from, to the file of its shard."""
    stream = plan.streams[chunk.stream]
    roots = _roots(plan.roots_file)
    shard_of: dict[Ids, int] = {}
    dealt: dict[int, list[bytes]] = {}
    for number, raw in enumerate(lines_of(stream, chunk), first_line):
        line, body = _body(stream, raw)
        if not body.strip():
            continue
        ids = _hashable(ids_of(body)[0])
        shard = shard_of.get(ids)
        if shard is None:
            shard = shard_of[ids] = _shard(ids, roots, plan.shards)
        dealt.setdefault(shard, []).append(b"%d\t%b\n" % (mark(chunk.stream, line or number), body))
    for shard, lines in dealt.items():
        with (plan.directory / f"shard-{shard}-{os.getpid()}").open("ab") as target:
            target.writelines(lines)


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


def _shard(ids: Ids, roots: dict[int, int], shards: int) -> int:
    numbers = numbers_of(ids)
    return roots.get(numbers[0], numbers[0]) % shards if numbers else 0


def _body(stream: Stream, line: bytes) -> tuple[int | None, bytes]:
    """The number a line carries, if any, and the call."""
    if not stream.is_numbered:
        return None, line
    number, _, body = line.partition(b"\t")
    return int(number), body


def _hashable(ids: Ids) -> Ids:
    try:
        hash(ids)
    except TypeError:  # an object or array as id: refused later, with its line
        return NOBODY
    return ids


def _newest(times: set[str | int], now_us: int) -> int | None:
    """The newest that is not in the future."""
    texts = {time for time in times if isinstance(time, str)}
    is_one_form = len({(len(text), text[-1:]) for text in texts}) == 1
    found = [time_us for time in times - texts if (time_us := _time_us(time)) is not None and time_us <= now_us]
    for text in sorted(texts, reverse=True):
        time_us = _time_us(text)
        if time_us is not None and time_us <= now_us:
            found.append(time_us)
            if is_one_form:  # texts of one form sort as times do
                break
    return max(found, default=None)


def _time_us(said: str | int) -> int | None:
    try:
        return read_time(said)
    except (ValueError, ArithmeticError, OverflowError):
        return None
