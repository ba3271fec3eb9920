"""Recorded events and contacts as relations in DuckDB."""

from collections.abc import Iterable, Mapping
from uuid import UUID
from zoneinfo import ZoneInfo

import duckdb
import msgspec
from duckdb import DuckDBPyConnection

from leadlight.kit.days import day_of
from leadlight.kit.ids import digest_id
from tests.factories.random_scoring import Happening

EVENTS = """
    create table events (
        subject_id uuid, contact_id uuid, kind varchar, name varchar, source varchar, at_us bigint, day integer,
        url_host varchar, url_path varchar, url_query varchar, referrer_host varchar, properties varchar, excluded varchar, stage varchar)
"""
CONTACTS = "create table contacts (contact_id uuid, profile varchar, account varchar, tags varchar[], stage varchar)"


def history(people: Mapping[UUID, tuple[Iterable[Happening], Mapping[str, str]]], zone: ZoneInfo) -> DuckDBPyConnection:
    """Contact -> what happened and the profile, as a connection with `events` and `contacts`."""
    connection = duckdb.connect(config={"threads": 1})
    connection.execute(EVENTS)
    connection.execute(CONTACTS)
    for contact_id, (happenings, profile) in people.items():
        body = msgspec.json.encode(profile).decode()
        connection.execute("insert into contacts values (?, ?, '{}', [], null)", [contact_id, body])
        for happening in happenings:
            connection.execute(f"insert into events values ({', '.join('?' * 14)})", _row(contact_id, happening, zone))
    return connection


def subject_of(contact_id: UUID, number: int) -> UUID:
    """The contact's subject of that number."""
    return digest_id(contact_id.hex, str(number))


def _row(contact_id: UUID, happening: Happening, zone: ZoneInfo) -> list[object]:
    at_us = happening.at_us(zone)
    return [
        subject_of(contact_id, happening.subject), contact_id, happening.kind, happening.kind, "web", at_us, day_of(at_us, zone),
        "example.com", "/", None, None, _properties(happening.measured), None, happening.stage,
    ]  # fmt: skip


def _properties(measured: int | None) -> str:
    if measured is None:
        return '{"total": "n/a"}'
    sign, whole, part = "-" * (measured < 0), abs(measured) // 1_000_000, abs(measured) % 1_000_000
    return f'{{"total": {sign}{whole}.{part:06}}}'
