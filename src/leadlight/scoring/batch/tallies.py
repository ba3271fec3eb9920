"""One pass over the events for all matchers, then tallies by subject, matcher, day and stage."""

from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

import msgspec
import pyarrow as pa
from duckdb import DuckDBPyConnection

from leadlight.matching import Cell, Memory, Tally
from leadlight.rules import ANY_KIND, Matcher, matcher_sql, measure_sql
from leadlight.scoring.batch.literals import quoted
from leadlight.scoring.batch.numbers import number_subjects, stage_sql

Numbered = tuple[int, Matcher]

MASK_BITS = 62
"""Matchers whose verdicts on an event travel in one BIGINT."""

KEYS = "subject integer, contact integer, matcher integer, day integer, stage integer, count integer"
COUNTS = "subject, matcher, day, stage, count"
AMOUNTS = f"{COUNTS}, measured, total, low, high"
TABLES = (
    f"counted ({KEYS})",
    f"measured ({KEYS}, measured integer, total hugeint, low bigint, high bigint)",
    "hits (subject_id uuid, matcher integer, at_us bigint[])",
)


def tally_events(connection: DuckDBPyConnection, matchers: Iterable[Numbered]) -> None:
    """Fill `counted` and `measured` (one row a subject, matcher, day and stage) and `hits` (newest hit times, oldest first).

    Matchers that measure are in `measured`, all others in `counted`; subjects, contacts and stages are numbered.
    """
    listed = list(matchers)
    for table in TABLES:
        connection.execute(f"create or replace table {table}")
    stage = stage_sql(number_subjects(connection))
    for chunk in _chunks([numbered for numbered in listed if numbered[1].measure is None]):
        _tally_counted(connection, chunk, stage)
    for matcher_id, matcher in listed:
        if matcher.measure is not None:
            connection.execute(_measured(matcher_id, matcher, stage))
        if matcher.keep_hits:
            connection.execute(_hits(matcher_id, matcher))


def memories(connection: DuckDBPyConnection, matcher_ids: Iterable[int] | None = None) -> Iterator[tuple[UUID, Memory]]:
    """The memory of each subject, from what `tally_events` left; of `matcher_ids` only when given.

    The connection is in use until the end.
    """
    wanted = "" if matcher_ids is None else f" where matcher in ({', '.join(map(str, matcher_ids))})"
    hits = _hits_by_subject(connection, wanted)
    stages = dict(connection.execute("select stage, name from numbered_stages").fetchall())
    subjects = _rows(connection.cursor().execute("select subject, subject_id from numbered_subjects order by subject"))
    counted = _integers(connection.cursor(), f"select {COUNTS} from counted{wanted} order by subject")
    measured = _rows(connection.cursor().execute(f"select {AMOUNTS} from measured{wanted} order by subject"))
    for subject, of_subject in groupby(merge(counted, measured, key=itemgetter(0)), key=itemgetter(0)):
        memory: Memory = {}
        for _, matcher_id, day, stage, *numbers in of_subject:
            memory.setdefault(matcher_id, Tally()).stages.setdefault(stages[stage], {})[day] = Cell(*numbers)
        subject_id = next(subject_id for number, subject_id in subjects if number == subject)
        for matcher_id, at_us in hits.get(subject_id, ()):
            memory[matcher_id].hits.extend(at_us)
        yield subject_id, memory


def _tally_counted(connection: DuckDBPyConnection, chunk: Sequence[Numbered], stage: str) -> None:
    """Mark each event with the matchers it fits, one bit each, then count by matcher.

    No `where mask <> 0`: DuckDB would work out the mask twice.
    """
    connection.execute(f"""
        create or replace table marks as
        select subject, contact, day, {stage} as stage, {_mask(chunk)} as mask
        from events join numbered_subjects using (subject_id) where excluded is null
    """)
    for bit, (matcher_id, _) in enumerate(chunk):
        connection.execute(f"""
            insert into counted
            select subject, any_value(contact), {matcher_id}, day, stage, count(*)
            from marks where mask & {1 << bit} <> 0
            group by subject, day, stage
        """)
    connection.execute("drop table marks")


def _mask(chunk: Sequence[Numbered]) -> str:
    """A BIGINT with the bit of each matcher that fits; a costly predicate is asked only about events of its kind."""
    by_kind: dict[str, list[str]] = {}
    for bit, (_, matcher) in enumerate(chunk):
        by_kind.setdefault(matcher.kind, []).append(_bit(bit, matcher))
    for_any = by_kind.pop(ANY_KIND, [])
    branches = " ".join(f"when {quoted(kind)} then {' | '.join(bits)}" for kind, bits in by_kind.items())
    of_kind = [f"(case kind {branches} else 0::bigint end)"] if branches else []
    return " | ".join([*of_kind, *for_any])


def _bit(bit: int, matcher: Matcher) -> str:
    flag = f"{1 << bit}::bigint"
    if not matcher.where:
        return flag
    fits = matcher_sql(msgspec.structs.replace(matcher, kind=ANY_KIND))
    return f"(case when {fits} then {flag} else 0::bigint end)"


def _measured(matcher_id: int, matcher: Matcher, stage: str) -> str:
    return f"""
        insert into measured
        select subject, contact, {matcher_id}, day, stage, count(*), count(amount), coalesce(sum(amount), 0), min(amount), max(amount)
        from (select subject_id, day, {stage} as stage, {measure_sql(matcher)} as amount from events where {matcher_sql(matcher)})
        join numbered_subjects using (subject_id)
        group by subject, contact, day, stage
    """


def _hits(matcher_id: int, matcher: Matcher) -> str:
    return f"""
        insert into hits
        select subject_id, {matcher_id}, list(at_us order by at_us)
        from (
            select subject_id, at_us, row_number() over (partition by subject_id order by at_us desc) as place
            from events where {matcher_sql(matcher)})
        where place <= {matcher.keep_hits}
        group by subject_id
    """


def _hits_by_subject(connection: DuckDBPyConnection, wanted: str) -> dict[UUID, list[tuple[int, list[int]]]]:
    found: dict[UUID, list[tuple[int, list[int]]]] = {}
    for subject_id, matcher_id, at_us in _rows(
        connection.execute(f"select subject_id, matcher, at_us from hits{wanted}")
    ):
        found.setdefault(subject_id, []).append((matcher_id, at_us))
    return found


def _integers(connection: DuckDBPyConnection, query: str) -> Iterator[tuple[int, ...]]:
    """Rows of a query all of whose columns are INTEGER and never null: read from Arrow's buffers, many times quicker than as rows."""
    for batch in connection.sql(query).to_arrow_reader(100_000):
        yield from zip(*map(_integers_of, batch.columns), strict=True)


def _integers_of(column: "pa.Array[pa.Int32Scalar]") -> list[int]:
    values = memoryview(column.buffers()[1]).cast("i")
    return values[column.offset : column.offset + len(column)].tolist()


def _rows(result: DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    while rows := result.fetchmany(10_000):
        yield from rows


def _chunks(listed: list[Numbered]) -> Iterator[tuple[Numbered, ...]]:
    for start in range(0, len(listed), MASK_BITS):
        yield tuple(listed[start : start + MASK_BITS])
