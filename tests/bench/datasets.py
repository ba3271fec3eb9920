"""Large workspaces for benchmarks: people in PostgreSQL, a year of events in history, memories and scores by the product itself.

`python -m tests.bench.datasets --data DIR --contacts 1000000 --events 20000000` fills an empty data directory. Everything is
computed from row numbers, so the same sizes give the same people and events. The activity of contacts follows a power law.
"""

import asyncio
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import duckdb

from leadlight import definitions
from leadlight.app import App
from leadlight.kit.clock import machine_us
from leadlight.kit.config import Settings
from leadlight.kit.days import DAY_US, from_us
from leadlight.kit.db import Database
from leadlight.migrations import migrate
from leadlight.scoring import default_model
from tests.bench.dataset_sql import EVENTS, FIRST_XID, MACROS, PEOPLE, TABLES

FILES = 12
MEMORY = "4GB"


class Size(NamedTuple):
    """How large; events are those in history, PostgreSQL's table of events stays empty."""

    contacts: int
    events: int


async def fill(app: App, size: Size) -> None:
    """Fill an empty workspace. Leaves it as if the pipeline had processed everything up to now."""
    with TemporaryDirectory(dir=app.settings.data_dir) as scratch:
        duck = _open(Path(scratch), size, machine_us())
        files = await asyncio.to_thread(_write_history, duck, Path(app.settings.history), size)
        await asyncio.to_thread(_write_people, duck, Path(scratch))
        await _copy_people(app, Path(scratch))
        await _seal(app, files)
        duck.close()
    await _recompute(app)
    async with app.db.connection() as conn:
        await conn.execute("analyze")


def _open(scratch: Path, size: Size, now_us: int) -> duckdb.DuckDBPyConnection:
    duck = duckdb.connect(str(scratch / "dataset.duckdb"), config={"memory_limit": MEMORY})
    duck.execute("set timezone = 'UTC'")
    start_us = (now_us // DAY_US - 365) * DAY_US
    for macro in MACROS:
        duck.execute(
            macro.format(
                contacts=size.contacts, events=size.events, start_us=start_us, accounts=max(1, size.contacts // 4)
            )
        )
    return duck


def _write_history(duck: duckdb.DuckDBPyConnection, root: Path, size: Size) -> list[tuple[str, int]]:
    """A file a month, each sorted by person; returns names and how many rows each has."""
    (root / "events").mkdir(parents=True, exist_ok=True)
    duck.execute("create table last_events (subject_id uuid, at_us bigint)")
    files = []
    for month in range(FILES):
        first, last = (size.events * part // FILES for part in (month, month + 1))
        name = f"events/{FIRST_XID + month:020d}-{FIRST_XID + month + 1:020d}.parquet"
        target = str(root / name).replace("'", "''")
        query = EVENTS.format(first=first, last=last, xid=FIRST_XID + month)
        duck.execute(f"copy ({query}) to '{target}' (format parquet, compression zstd)")
        duck.execute(f"insert into last_events select subject_id, max(at_us) from read_parquet('{target}') group by 1")
        files.append((name, last - first))
    return files


def _write_people(duck: duckdb.DuckDBPyConnection, scratch: Path) -> None:
    for statement in PEOPLE:
        duck.execute(statement)
    for table, columns in TABLES.items():
        duck.execute(f"copy (select {columns} from {table}) to '{scratch / table}.csv' (format csv, header false)")


async def _copy_people(app: App, scratch: Path) -> None:
    async with app.db.transaction() as conn:
        for table, columns in TABLES.items():
            names = columns.split(", ")
            await conn.copy_to_table(table, source=scratch / f"{table}.csv", columns=names, format="csv")


async def _seal(app: App, files: list[tuple[str, int]]) -> None:
    async with app.db.transaction() as conn:
        for month, (name, rows) in enumerate(files):
            from_xid, to_xid = FIRST_XID + month, FIRST_XID + month + 1
            await conn.execute(
                "insert into sealed (file, relation, from_xid, to_xid, rows, sealed_at)"
                " values ($1, 'events', $2::text::xid8, $3::text::xid8, $4, now())",
                name,
                str(from_xid),
                str(to_xid),
                rows,
            )


async def _recompute(app: App) -> None:
    """Publish the default model once more: the product fills in memories and scores from history."""
    async with app.db.transaction() as conn:
        await conn.execute("update matchers set state = 'filling'")
        body = default_model() | {"label": "Default, again"}
        now_us = machine_us()
        revision = definitions.Revision("score-models", "default", body, author="bench")
        await definitions.put(conn, app.definitions, revision, now_us)
        await definitions.publish(conn, app.definitions, "score-models", "default", now_us)
    while await app.jobs.run_next(app.engine):
        pass


async def _main(data: Path, size: Size) -> None:
    settings = Settings(data_dir=data)
    database = await Database.open(settings)
    await migrate(database, settings)
    await database.close()
    app = await App.open(settings)
    began = time.monotonic()
    await fill(app, size)
    print(
        f"{size.contacts} contacts, {size.events} events as of {from_us(machine_us()):%Y-%m-%d} in {time.monotonic() - began:.0f} s"
    )
    await app.close()


if __name__ == "__main__":
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--events", type=int, default=20_000_000)
    given = parser.parse_args(sys.argv[1:])
    asyncio.run(_main(given.data, Size(given.contacts, given.events)))
