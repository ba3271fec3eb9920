"""Sealing: closed stretches of rows become Parquet files that never change.

A file counts from the commit of its row in `sealed` on. What a crash leaves behind has no row, is never read, and is swept.
"""

import asyncio
import os
from pathlib import Path

import msgspec

from leadlight.events.engine import connect_postgres, open_duckdb
from leadlight.events.relations import RELATIONS, Relation, refuse_ahead
from leadlight.kit.db import Connection, Database

SEAL_LOCK = 0x6C656164_73656C00
WORTH_A_FILE = 20_000


class Sealed(msgspec.Struct, frozen=True):
    """One new file: rows of transactions from `from_xid` up to, not including, `to_xid`."""

    relation: str
    file: str
    from_xid: int
    to_xid: int
    rows: int


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
        await asyncio.to_thread(_sweep, root, {row["file"] for row in await conn.fetch("select file from sealed")})
        to_xid = await conn.fetchval("select pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        found = [await _seal_relation(conn, db.url, root, relation, to_xid, at_least) for relation in RELATIONS]
        new = [sealed for sealed in found if sealed]
        await conn.executemany(_INSERT, [msgspec.structs.astuple(sealed) for sealed in new])
    return new


async def _seal_relation(
    conn: Connection, url: str, root: Path, relation: Relation, to_xid: int, at_least: int
) -> Sealed | None:
    from_xid = await conn.fetchval(_LAST, relation.name)
    refuse_ahead(from_xid, to_xid)
    counted = f"select count(*) from {relation.name} where xid >= '{from_xid}'::xid8 and xid < '{to_xid}'::xid8"
    if await conn.fetchval(counted) < at_least:
        return None
    file = f"{relation.name}/{from_xid:020d}-{to_xid:020d}.parquet"
    rows = await asyncio.to_thread(_write, url, root, relation, file, (from_xid, to_xid))
    return Sealed(relation.name, file, from_xid, to_xid, rows)


def _write(url: str, root: Path, relation: Relation, file: str, stretch: tuple[int, int]) -> int:
    """Write the rows of the stretch to `file`, safe against power loss; returns their number."""
    path = root / file
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    with connect_postgres(url) as postgres, open_duckdb(root / "spill") as duck, postgres.cursor() as cursor:
        cursor.execute(relation.rows(*stretch))
        duck.register("incoming", cursor.fetch_record_batch())
        copied = duck.execute(
            f"copy (select {relation.columns} from incoming order by {relation.order})"
            f" to '{_quoted(unfinished)}' (format parquet, compression zstd)"
        ).fetchone()
    _flush(unfinished)
    unfinished.rename(path)
    for directory in (path.parent, root):
        _flush(directory)
    return int(copied[0]) if copied else 0


def _sweep(root: Path, known: set[str]) -> None:
    """Remove files that are not in the manifest."""
    for path in root.glob("*/*"):
        if path.suffix in {".parquet", ".unfinished"} and path.relative_to(root).as_posix() not in known:
            path.unlink()


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


_LAST = "select coalesce(max(to_xid::text::bigint), 0) from sealed where relation = $1"

_INSERT = """
insert into sealed (relation, file, from_xid, to_xid, rows, sealed_at)
values ($1, $2, $3::bigint::text::xid8, $4::bigint::text::xid8, $5, now())
"""
