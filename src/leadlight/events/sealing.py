"""Sealing: closed stretches of rows become Parquet files that never change.

A file counts from the commit of its row in `sealed` on. What a crash leaves behind has no row, is never read, and is swept.
"""

import asyncio
from pathlib import Path

import msgspec

from leadlight.events.files import retire, sweep
from leadlight.events.relations import RELATIONS, Relation, Sealed, refuse_ahead
from leadlight.events.writer import Order, Write, write_apart, write_here
from leadlight.kit.db import Connection, Database

SEAL_LOCK = 0x6C656164_73656C00
WORTH_A_FILE = 20_000
WORTH_MERGING = 16
LARGE_ROWS = 2_000_000


class Sealer:
    """Seals when enough has gathered; fewer rows are as quickly read from PostgreSQL."""

    def __init__(self, db: Database, root: Path, at_least: int = WORTH_A_FILE) -> None:
        self._db = db
        self._root = root
        self._at_least = at_least

    async def seal_when_due(self) -> int:
        """Seal what has gathered; returns how many rows that were. Raises WritingFailed, HistoryAhead."""
        return sum(one.rows for one in await seal(self._db, self._root, self._at_least, write_apart))


async def seal(db: Database, root: Path, at_least: int = 1, write: Write = write_here) -> list[Sealed]:
    """Write what finished transactions have added since the last seal to new files under `root`, one a relation.

    Relations with fewer than `at_least` new rows wait. Does nothing while another process seals. Raises HistoryAhead.
    """
    async with db.transaction() as conn:
        if not await conn.fetchval("select pg_try_advisory_xact_lock($1)", SEAL_LOCK):
            return []
        await asyncio.to_thread(sweep, root, {row["file"] for row in await conn.fetch("select file from sealed")})
        orders = [order for relation in RELATIONS if (order := await _due(conn, db.url, root, relation, at_least))]
        new = [await write(order) for order in orders]
        await conn.executemany(_INSERT, [msgspec.structs.astuple(one) for one in new])
        for relation in RELATIONS:
            await _merge(conn, root, relation, write)
    return new


async def _due(conn: Connection, url: str, root: Path, relation: Relation, at_least: int) -> Order | None:
    to_xid = await conn.fetchval("select pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
    from_xid = await conn.fetchval(_LAST, relation.name)
    refuse_ahead(from_xid, to_xid)
    counted = f"select count(*) from {relation.name} where xid >= '{from_xid}'::xid8 and xid < '{to_xid}'::xid8"
    if await conn.fetchval(counted) < at_least:
        return None
    return Order(url, str(root), relation.name, from_xid, to_xid)


async def _merge(conn: Connection, root: Path, relation: Relation, write: Write) -> None:
    """Put one file in the place of the newest small ones when there are WORTH_MERGING."""
    small = _newest_small([Sealed(*row) for row in await conn.fetch(_FILES, relation.name)])
    if len(small) < WORTH_MERGING:
        return
    names = tuple(one.file for one in small)
    merged = await write(Order("", str(root), relation.name, small[0].from_xid, small[-1].to_xid, names))
    await conn.execute("delete from sealed where file = any($1::text[])", names)
    await conn.execute(_INSERT, *msgspec.structs.astuple(merged))
    for name in names:
        retire(root / name)


def _newest_small(files: list[Sealed]) -> list[Sealed]:
    """The files after the last large one, oldest first; `files` oldest first."""
    large = [place for place, file in enumerate(files) if file.rows >= LARGE_ROWS]
    return files[large[-1] + 1 :] if large else files


_LAST = "select coalesce(max(to_xid::text::bigint), 0) from sealed where relation = $1"

_INSERT = """
insert into sealed (relation, file, from_xid, to_xid, rows, sealed_at)
values ($1, $2, $3::bigint::text::xid8, $4::bigint::text::xid8, $5, now())
"""

_FILES = """
select relation, file, from_xid::text::bigint, to_xid::text::bigint, rows from sealed
where relation = $1 order by sealed.from_xid
"""
