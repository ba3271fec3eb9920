"""Live against recomputed, line by line."""

from collections.abc import Iterable
from uuid import UUID

import msgspec
import pyarrow as pa
from duckdb import DuckDBPyConnection

from leadlight.scoring.model import Line

LIVE = """
    create or replace table live_lines (
        contact_id uuid, rule varchar, level varchar, day integer, matched bigint, counted bigint, points bigint)
"""


class Difference(msgspec.Struct, frozen=True):
    """A line that only one side has: `is_live` tells which. Points in hundredths."""

    contact_id: UUID
    is_live: bool
    rule: str
    level: str
    day: int | None
    matched: int
    counted: int
    points_hundredths: int


def put_lines(connection: DuckDBPyConnection, statements: Iterable[tuple[UUID, Iterable[Line]]]) -> None:
    """Fill `live_lines` with what live statements say, and `examined` with whose they are."""
    connection.execute(LIVE)
    told = list(statements)
    connection.execute(
        "create or replace table examined as select unnest(?::varchar[])::uuid as contact_id",
        [[str(contact_id) for contact_id, _ in told]],
    )
    rows = [
        (str(contact_id), line.rule, line.level, line.day, line.matched, line.counted, line.points_hundredths)
        for contact_id, lines in told
        for line in lines
    ]
    if not rows:
        return
    columns = list(zip(*rows, strict=True))
    names = ["contact_id", "rule", "level", "day", "matched", "counted", "points"]
    types = [pa.string(), pa.string(), pa.string(), pa.int32(), pa.int64(), pa.int64(), pa.int64()]
    arrays = [pa.array(column, kind) for column, kind in zip(columns, types, strict=True)]
    connection.register("live_rows", pa.table(arrays, names))
    connection.execute("insert into live_lines select contact_id::uuid, * exclude (contact_id) from live_rows")
    connection.unregister("live_rows")


def differences(connection: DuckDBPyConnection, limit: int = 100) -> list[Difference]:
    """Lines of `live_lines` that `lines` does not have, and the other way round, of `examined` contacts; empty when all is well."""
    rows = connection.execute(
        """
        with recomputed as (from lines semi join examined using (contact_id))
        select contact_id, true, * exclude (contact_id) from (from live_lines except all from recomputed)
        union all
        select contact_id, false, * exclude (contact_id) from (from recomputed except all from live_lines)
        order by all limit ?
        """,
        [limit],
    ).fetchall()
    return [Difference(*row) for row in rows]
