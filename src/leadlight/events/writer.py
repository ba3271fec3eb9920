"""Writing one history file: from PostgreSQL, or from smaller files; in this process or in one of its own."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec

from leadlight.events.engine import connect_postgres, open_duckdb
from leadlight.events.files import read_parquet, write_parquet
from leadlight.events.relations import RELATIONS, Sealed
from leadlight.kit.errors import LeadlightError

NICENESS = 10


class WritingFailed(LeadlightError):
    """A history file could not be written; nothing is lost, the next attempt writes it. Look for room on the disk."""

    code = "history_not_written"


class Order(msgspec.Struct, frozen=True):
    """The file to write under `root`: rows of its transactions in the database at `url`, or of the `merged` files."""

    url: str
    root: str
    relation: str
    from_xid: int
    to_xid: int
    merged: tuple[str, ...] = ()


Write = Callable[[Order], Awaitable[Sealed]]


def write(order: Order) -> Sealed:
    """Carry out the order; blocks."""
    root = Path(order.root)
    [relation] = [one for one in RELATIONS if one.name == order.relation]
    file = relation.file(order.from_xid, order.to_xid)
    with open_duckdb(root) as duck:
        if order.merged:
            source = read_parquet([root / one for one in order.merged])
            rows = write_parquet(duck, f"select * from {source} order by {relation.order}", root / file)
        else:
            with connect_postgres(order.url) as postgres, postgres.cursor() as cursor:
                cursor.execute(relation.rows(order.from_xid, order.to_xid))
                duck.register("incoming", cursor.fetch_record_batch())
                query = f"select {relation.columns} from incoming order by {relation.order}"
                rows = write_parquet(duck, query, root / file)
    return Sealed(relation.name, file, order.from_xid, order.to_xid, rows)


async def write_here(order: Order) -> Sealed:
    """Carry out the order in a thread."""
    return await asyncio.to_thread(write, order)


async def write_apart(order: Order) -> Sealed:
    """Carry out the order in a process of its own, of low priority, whose memory is given back; raises WritingFailed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "from leadlight.events.writer import main; main()",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        answer, complaint = await process.communicate(msgspec.json.encode(order))
    finally:
        if process.returncode is None:
            process.kill()
    if process.returncode:
        raise WritingFailed(complaint.decode(errors="replace").strip()[-500:] or f"exit code {process.returncode}")
    return msgspec.json.decode(answer, type=Sealed)


def main() -> None:
    """Read an order from standard input, carry it out, and write what was sealed to standard output."""
    os.nice(NICENESS)
    order = msgspec.json.decode(sys.stdin.buffer.read(), type=Order)
    sys.stdout.buffer.write(msgspec.json.encode(write(order)))
