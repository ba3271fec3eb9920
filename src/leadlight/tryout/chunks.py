"""Stretches of a file of lines, cut at line ends, so that several processes can read one file."""

from collections.abc import Iterator
from typing import NamedTuple

from leadlight.tryout.sources import Stream

CHUNK_BYTES = 8 << 20
LINE_BITS = 40
LINE_MASK = (1 << LINE_BITS) - 1


class Chunk(NamedTuple):
    """Bytes of one stream from a line's start to a line's end; `stream` is its place in the list of streams."""

    stream: int
    start: int
    end: int


def chunks_of(streams: list[Stream], size: int) -> list[Chunk]:
    """All streams in stretches of about `size` bytes, in order."""
    return [chunk for number, stream in enumerate(streams) for chunk in _cut(number, stream, size)]


def _cut(number: int, stream: Stream, size: int) -> Iterator[Chunk]:
    total = stream.path.stat().st_size
    with stream.path.open("rb") as lines:
        start = 0
        while start < total:
            lines.seek(min(start + size, total))
            lines.readline()
            end = min(lines.tell(), total)
            yield Chunk(number, start, end)
            start = end


def lines_of(stream: Stream, chunk: Chunk) -> list[bytes]:
    """The lines of a chunk without their ends (a carriage return is blank to JSON), blank ones included."""
    with stream.path.open("rb") as lines:
        lines.seek(chunk.start)
        return lines.read(chunk.end - chunk.start).removesuffix(b"\n").split(b"\n")


def mark(stream: int, line: int) -> int:
    """Where a line comes from, as one number that sorts in order of reading."""
    return stream << LINE_BITS | line


def unmark(number: int) -> tuple[int, int]:
    """Stream and line of a mark."""
    return number >> LINE_BITS, number & LINE_MASK
