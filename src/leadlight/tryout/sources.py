"""Whatever file is given, as streams of JSON lines on disk; what is JSON lines already is read where it lies."""

import gzip
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Raw

from leadlight.tryout.problems import BadLine, Problems, UnreadableFile
from leadlight.tryout.rows import Columns, UnknownField, contact_calls, contact_columns, event_calls, event_columns
from leadlight.tryout.tables import Table, is_table, read_table

STANDARD_INPUT = "-"
GZIP = b"\x1f\x8b"
SNIFFED_BYTES = 4096

encode = msgspec.json.Encoder(decimal_format="number").encode


class Stream(msgspec.Struct, frozen=True):
    """JSON lines at `path`, called `name` in messages. Calls that are no behaviour only say who somebody is.

    `is_numbered`: each line begins with its number in the file given, and a tab.
    """

    name: str
    path: Path
    is_behaviour: bool = True
    is_numbered: bool = False


class _Reading(msgspec.Struct, frozen=True):
    """What is read with: names of columns, and where copies, faults and the columns met go."""

    mapping: Mapping[str, str]
    scratch: Path
    problems: Problems
    met: set[str] = set()

    def mapping_of(self, names: Iterable[str]) -> dict[str, str]:
        """What is said about the columns of one file."""
        here = {name: self.mapping[name] for name in names if name in self.mapping}
        self.met.update(here)
        return here


def prepare(
    events: list[str], contacts: str | None, mapping: Mapping[str, str], scratch: Path, problems: Problems
) -> list[Stream]:
    """Streams of all files, people before what they do; `-` is standard input. Raises UnreadableFile, UnknownField."""
    reading = _Reading(mapping, scratch, problems)
    streams = []
    for number, name in enumerate(events):
        streams += _event_streams(name, reading, scratch / f"events-{number}")
    if contacts is not None:
        streams.append(_contact_stream(contacts, reading, scratch / "contacts"))
    if missing := mapping.keys() - reading.met:
        raise UnknownField(f"--map: there is no column {min(missing)!r}")
    return sorted(streams, key=lambda stream: stream.is_behaviour)


def _event_streams(name: str, reading: _Reading, scratch: Path) -> list[Stream]:
    shown, path = _shown(name), _plain_file(name, scratch)
    if not is_table(path):
        return [Stream(shown, _one_a_line(path, scratch, shown))]
    table = read_table(path, shown, reading.problems)
    columns = event_columns(table.names, reading.mapping_of(table.names))
    seen: set[str] = set()
    calls, people = scratch.with_suffix(".calls"), scratch.with_suffix(".people")
    with calls.open("wb") as behaviour, people.open("wb") as identities:

        def write(line: int, row: dict[str, Any]) -> None:
            call, who = event_calls(row, columns, seen)
            behaviour.write(b"%d\t%b\n" % (line, encode(call)))
            if who is not None:
                identities.write(b"%d\t%b\n" % (line, encode(who)))

        _each(table, write, shown, reading.problems)
    return [Stream(shown, calls, is_numbered=True), Stream(shown, people, is_behaviour=False, is_numbered=True)]


def _contact_stream(name: str, reading: _Reading, scratch: Path) -> Stream:
    shown, path = _shown(name), _plain_file(name, scratch)
    problems = reading.problems
    table = read_table(path, shown, problems) if is_table(path) else _objects(path, scratch, shown, problems)
    columns: dict[tuple[str, ...], Columns] = {}
    calls = scratch.with_suffix(".calls")
    with calls.open("wb") as identities:

        def write(line: int, row: dict[str, Any]) -> None:
            names = tuple(row)
            if names not in columns:
                columns[names] = contact_columns(names, reading.mapping_of(names))
            for call in contact_calls(row, columns[names]):
                identities.write(b"%d\t%b\n" % (line, encode(call)))

        _each(table, write, shown, problems)
    return Stream(shown, calls, is_behaviour=False, is_numbered=True)


def _each(table: Table, write: Callable[[int, dict[str, Any]], None], name: str, problems: Problems) -> None:
    for line, row in table.rows:
        try:
            write(line, row)
        except (ValueError, msgspec.DecodeError) as error:
            problems.add(BadLine(name, line, str(error), "Expected JSON objects as properties, traits and context."))


def _objects(path: Path, scratch: Path, name: str, problems: Problems) -> Table:
    return Table([], _read_objects(_one_a_line(path, scratch, name), name, problems))


def _read_objects(path: Path, name: str, problems: Problems) -> Iterator[tuple[int, dict[str, Any]]]:
    decode = msgspec.json.Decoder(float_hook=lambda digits: Raw(digits.encode())).decode
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                problems.add(BadLine(name, number, str(error), "Expected a JSON object."))
                continue
            if isinstance(row, dict):
                yield number, row
            else:
                problems.add(BadLine(name, number, f"found {line[:40].decode()!r}", "Expected a JSON object."))


def _shown(name: str) -> str:
    return "standard input" if name == STANDARD_INPUT else name


def _plain_file(name: str, scratch: Path) -> Path:
    """The file itself, or a copy when it is standard input or gzipped."""
    path = scratch.with_suffix(".raw")
    try:
        if name == STANDARD_INPUT:
            with path.open("wb") as copy:
                shutil.copyfileobj(sys.stdin.buffer, copy, 1 << 20)
        else:
            path = Path(name)
        with path.open("rb") as start:
            if start.read(2) != GZIP:
                return path
        unpacked = scratch.with_suffix(".unpacked")
        with gzip.open(path, "rb") as packed, unpacked.open("wb") as copy:
            shutil.copyfileobj(packed, copy, 1 << 20)
    except (OSError, EOFError) as error:
        raise UnreadableFile(
            f"{_shown(name)}: {error.strerror if isinstance(error, OSError) and error.strerror else error}"
        ) from error
    return unpacked


def _one_a_line(path: Path, scratch: Path, name: str) -> Path:
    """A file that is one JSON array, as Segment's and others' exports can be, is written out one call a line."""
    with path.open("rb") as start:
        if start.read(SNIFFED_BYTES).lstrip(b"\xef\xbb\xbf \t\r\n")[:1] != b"[":
            return path
    try:
        calls: list[Raw] = msgspec.json.decode(path.read_bytes(), type=list[Raw])
    except msgspec.DecodeError as error:
        raise UnreadableFile(f"{name}: begins like a JSON array, but {error}") from error
    lines = scratch.with_suffix(".lines")
    with lines.open("wb") as target:
        target.writelines(bytes(call).replace(b"\n", b" ") + b"\n" for call in calls)
    return lines
