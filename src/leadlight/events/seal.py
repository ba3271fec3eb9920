"""Sealing: closed stretches of rows become Parquet files that never change.

A file counts from the commit of its row in `sealed` on. What a crash leaves behind has no row, is never read, and is swept.
"""

import asyncio
from pathlib import Path

import msgspec

from leadlight.events.engine import connect_postgres, open_duckdb
from leadlight.events.files import sweep, write_parquet
from leadlight.events.merge import merge_small_files
from leadlight.events.relations import RELATIONS, Relation, Sealed, refuse_ahead
from leadlight.kit.db import Connection, Database

SEAL_LOCK = 0x6C656164_73656C00
WORTH_A_FILE = 20_000


class Sealer:
    """Seals when enough has gathered; fewer rows are as quickly read from PostgreSQL."""

    def __init__(self, db: Database, root: Path, at_least: int = WORTH_A_FILE) -> None:
        self._db = db
        self._root = root
        self._at_least = at_least

    async def seal_when_due(self) -> int:
        """Seal what has gathered; returns how many rows that were."""
        return sum(sealed.rows for sealed in await seal(self._db, self._root, self._at_least))


async def seal(db: Database, root: Path, at_least: int = 1) -> list[Sealed]:
    """Write what finished transactions have added since the last seal to new files under `root`, one a relation.

    Relations with fewer than `at_least` new rows wait. Does nothing while another process seals.
    """
    async with db.transaction() as conn:
        if not await conn.fetchval("select pg_try_advisory_xact_lock($1)", SEAL_LOCK):
            return []
        await asyncio.to_thread(sweep, root, {row["file"] for row in await conn.fetch("select file from sealed")})
        to_xid = await conn.fetchval("select pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        found = [await _seal_relation(conn, db.url, root, relation, to_xid, at_least) for relation in RELATIONS]
        new = [sealed for sealed in found if sealed]
        await _note(conn, new)
        await _note(conn, [merged for one in RELATIONS if (merged := await merge_small_files(conn, root, one))])
    return new


async def _note(conn: Connection, files: list[Sealed]) -> None:
    await conn.executemany(_INSERT, [msgspec.structs.astuple(one) for one in files])


async def _seal_relation(
    conn: Connection, url: str, root: Path, relation: Relation, to_xid: int, at_least: int
) -> Sealed | None:
    from_xid = await conn.fetchval(_LAST, relation.name)
    refuse_ahead(from_xid, to_xid)
    counted = f"select count(*) from {relation.name} where xid >= '{from_xid}'::xid8 and xid < '{to_xid}'::xid8"
    if await conn.fetchval(counted) < at_least:
        return None
    file = relation.file(from_xid, to_xid)
    rows = await asyncio.to_thread(_write, url, root, relation, file, (from_xid, to_xid))
    return Sealed(relation.name, file, from_xid, to_xid, rows)


def _write(url: str, root: Path, relation: Relation, file: str, stretch: tuple[int, int]) -> int:
    with connect_postgres(url) as postgres, open_duckdb(root / "spill") as duck, postgres.cursor() as cursor:
        cursor.execute(relation.rows(*stretch))
        duck.register("incoming", cursor.fetch_record_batch())
        return write_parquet(duck, f"select {relation.columns} from incoming order by {relation.order}", root / file)


_LAST = "select coalesce(max(to_xid::text::bigint), 0) from sealed where relation = $1"

_INSERT = """
insert into sealed (relation, file, from_xid, to_xid, rows, sealed_at)
values ($1, $2, $3::bigint::text::xid8, $4::bigint::text::xid8, $5, now())
"""
