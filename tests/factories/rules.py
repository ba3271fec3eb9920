"""People, their events and the relations made of them; the plainest possible facts for the evaluator in memory."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import msgspec
import pyarrow as pa

from leadlight.kit.days import day_of
from leadlight.rules import DayTally, Matcher, compile_matchers

WARSAW = ZoneInfo("Europe/Warsaw")


class Seen(msgspec.Struct, frozen=True):
    """An event with what conditions read of it."""

    contact_id: int
    kind: str
    at_us: int
    day: int
    name: str = "Name"
    source: str = "web"
    url_host: str | None = None
    url_path: str | None = None
    url_query: str | None = None
    referrer_host: str | None = None
    properties: str = "{}"
    excluded: str | None = None


class Person(msgspec.Struct, frozen=True):
    """A contact with what conditions read of it; `profile`, `account`, `scores` are JSON objects as values."""

    contact_id: int = 1
    profile: Mapping[str, object] = {}
    account: Mapping[str, object] | None = None
    tags: tuple[str, ...] = ()
    stage: str | None = None
    scores: Mapping[str, float] = {}
    segments: tuple[str, ...] = ()


def seen(kind: str, at_us: int, zone: ZoneInfo = WARSAW, contact_id: int = 1, **rest: object) -> Seen:
    """An event on its calendar day; `properties` may be given as values."""
    if not isinstance(rest.get("properties", ""), str):
        rest["properties"] = msgspec.json.encode(rest["properties"]).decode()
    return Seen(contact_id, kind, at_us, day_of(at_us, zone), **rest)  # type: ignore[arg-type]


class PlainFacts:
    """Implements `rules.Facts` by going through all events for each question."""

    def __init__(self, person: Person, events: Iterable[Seen], zone: ZoneInfo = WARSAW) -> None:
        self.zone = zone
        self._person = person
        self._answers: dict[str, list[tuple[Seen, int | None]]] = {}
        self._events = [event for event in events if event.contact_id == person.contact_id]

    def field(self, path: str) -> object:
        owner, _, name = path.partition(".")
        if path == "contact.tags":
            return frozenset(self._person.tags)
        if path == "contact.stage":
            return self._person.stage
        if path.startswith("contact.score."):
            return self._person.scores.get(name.removeprefix("score."))
        if owner == "account":
            return _reach(self._person.account or {}, name)
        return _reach(self._person.profile, path if owner == "consent" else name)

    def days(self, matcher: Matcher) -> list[DayTally]:
        tallies: dict[int, DayTally] = {}
        for event, measured in self._matched(matcher):
            old = tallies.get(event.day, DayTally(event.day, 0))
            values = [value for value in (old.low, old.high, measured) if value is not None]
            tallies[event.day] = DayTally(
                event.day,
                old.count + 1,
                old.measured + (measured is not None),
                old.total + (measured or 0),
                min(values, default=None),
                max(values, default=None),
            )
        return list(tallies.values())

    def counts(self, matcher: Matcher) -> dict[int, int]:
        return {tally.day: tally.count for tally in self.days(matcher)}

    def hits(self, matcher: Matcher) -> Sequence[int]:
        assert matcher.keep_hits > 0, "a question about exact times needs a matcher that keeps them"
        return sorted(event.at_us for event, _ in self._matched(matcher))[-matcher.keep_hits :]

    def segments(self) -> frozenset[str]:
        return frozenset(self._person.segments)

    def _matched(self, matcher: Matcher) -> list[tuple[Seen, int | None]]:
        fingerprint = matcher.fingerprint
        if fingerprint not in self._answers:
            match = _compiled(fingerprint, matcher)
            self._answers[fingerprint] = [(event, measured) for event in self._events for _, measured in match(event)]
        return self._answers[fingerprint]


_matches: dict[str, Any] = {}


def _compiled(fingerprint: str, matcher: Matcher) -> Any:
    if fingerprint not in _matches:
        _matches[fingerprint] = compile_matchers([(0, matcher)])
    return _matches[fingerprint]


def _reach(holder: Mapping[str, object], path: str) -> object:
    if path in holder:
        return holder[path]
    value: object = holder
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


EVENTS = pa.schema(
    [
        ("contact_id", pa.int64()),
        ("kind", pa.string()),
        ("at_us", pa.int64()),
        ("day", pa.int32()),
        *((name, pa.string()) for name in Seen.__struct_fields__[4:]),
    ]
)
CONTACTS = pa.schema(
    [
        ("contact_id", pa.int64()),
        ("profile", pa.string()),
        ("account", pa.string()),
        ("tags", pa.list_(pa.string())),
        ("stage", pa.string()),
        ("scores", pa.string()),
        ("segments", pa.list_(pa.string())),
    ]
)


def relations(people: Iterable[Person], events: Iterable[Seen]) -> duckdb.DuckDBPyConnection:
    """A DuckDB connection with the relations `events` and `contacts`."""
    connection = duckdb.connect(config={"threads": 1})
    fill(connection, people, events)
    return connection


def fill(connection: duckdb.DuckDBPyConnection, people: Iterable[Person], events: Iterable[Seen]) -> None:
    """Replace the relations `events` and `contacts`."""
    rows = [msgspec.structs.asdict(event) for event in events]
    connection.register("events", pa.Table.from_pylist(rows, schema=EVENTS))
    connection.register("contacts", pa.Table.from_pylist(list(map(_row, people)), schema=CONTACTS))


def _row(person: Person) -> dict[str, object]:
    row = msgspec.structs.asdict(person)
    texts = {name: msgspec.json.encode(row[name]).decode() for name in ("profile", "scores")}
    account = None if person.account is None else msgspec.json.encode(person.account).decode()
    return row | texts | {"account": account, "tags": list(person.tags), "segments": list(person.segments)}
