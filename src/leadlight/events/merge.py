"""Merging: many small history files of one relation become one, so that reading stays as cheap as it was."""

import asyncio
from pathlib import Path

from leadlight.events.engine import open_duckdb
from leadlight.events.files import read_parquet, retire, write_parquet
from leadlight.events.relations import Relation, Sealed
from leadlight.kit.db import Connection

WORTH_MERGING = 16
LARGE_ROWS = 2_000_000


async def merge_small_files(conn: Connection, root: Path, relation: Relation) -> Sealed | None:
    """Put one file in the place of the newest small ones when there are WORTH_MERGING; in the caller's transaction."""
    small = _newest_small([Sealed(*row) for row in await conn.fetch(_FILES, relation.name)])
    if len(small) < WORTH_MERGING:
        return None
    merged = await asyncio.to_thread(_write, root, relation, small)
    await conn.execute("delete from sealed where file = any($1::text[])", [one.file for one in small])
    return merged


def _newest_small(files: list[Sealed]) -> list[Sealed]:
    """The files after the last large one, oldest first; `files` oldest first."""
    large = [place for place, file in enumerate(files) if file.rows >= LARGE_ROWS]
    return files[large[-1] + 1 :] if large else files


def _write(root: Path, relation: Relation, small: list[Sealed]) -> Sealed:
    name = relation.file(small[0].from_xid, small[-1].to_xid)
    paths = [root / one.file for one in small]
    with open_duckdb(root / "spill") as duck:
        rows = write_parquet(duck, f"select * from {read_parquet(paths)} order by {relation.order}", root / name)
    for path in paths:
        retire(path)
    return Sealed(relation.name, name, small[0].from_xid, small[-1].to_xid, rows)


_FILES = """
select relation, file, from_xid::text::bigint, to_xid::text::bigint, rows from sealed
where relation = $1 order by sealed.from_xid
"""
