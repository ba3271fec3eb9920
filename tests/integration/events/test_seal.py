"""History: sealed files plus tail are always exactly the stored events."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from leadlight import events
from leadlight.events import Event, files, open_history
from leadlight.events.writer import Order, write_apart
from leadlight.kit.ids import new_id
from tests.factories.events import RECEIVED_US, event

COLUMNS = Event.__struct_fields__


async def store(database, *stored: events.Event) -> None:
    async with database.transaction() as conn:
        await events.append(conn, stored)


async def settled(database) -> None:
    """Wait for transactions of other databases on this server: what is younger than one of them is not sealed yet."""
    async with database.connection() as conn:
        while not await conn.fetchval(_SETTLED):  # noqa: ASYNC110 - other processes end them
            await asyncio.sleep(0.02)


_SETTLED = """
select coalesce(max(xid::text::bigint), 0) < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
from (select xid from events union all select xid from attribute_changes) as rows
"""


async def seal(database, root: Path, **options) -> list[events.Sealed]:
    await settled(database)
    return await events.seal(database, root, **options)


async def read(database, root: Path, **options) -> list[tuple[object, ...]]:
    def query() -> list[tuple[object, ...]]:
        with open_history(database.url, root, **options) as history:
            return history.connection.execute(f"select {', '.join(COLUMNS)} from events order by id").fetchall()

    return await asyncio.to_thread(query)


def rows(*stored: events.Event) -> list[tuple[object, ...]]:
    return sorted((tuple(getattr(one, name) for name in COLUMNS) for one in stored), key=lambda row: str(row[0]))


async def test_history_of_nothing(database, tmp_path) -> None:
    assert await read(database, tmp_path) == []
    assert await seal(database, tmp_path) == []


async def test_files_and_tail_make_the_whole(database, tmp_path) -> None:
    full = event(
        url_host="h", url_path="/ż", url_query="q=1", referrer_host="r", excluded="bot", properties='{"v":1e400}'
    )
    others = [event(), event(), event(at_us=RECEIVED_US - 1)]
    for batch in ([full, others[0]], [others[1]], [others[2]]):
        await store(database, *batch)
        [sealed] = await seal(database, tmp_path)
        assert sealed.rows == len(batch)
    last = event()
    await store(database, last)
    assert await read(database, tmp_path) == rows(full, *others, last)
    assert len(list(tmp_path.glob("events/*.parquet"))) == 3


async def test_nothing_new_makes_no_file(database, tmp_path) -> None:
    await store(database, event())
    await seal(database, tmp_path)
    assert await seal(database, tmp_path) == []


async def test_few_rows_wait(database, tmp_path) -> None:
    await store(database, event(), event())
    assert await seal(database, tmp_path, at_least=3) == []
    assert (await seal(database, tmp_path, at_least=2))[0].rows == 2


async def test_worker_seals_in_a_process_of_its_own(database, tmp_path) -> None:
    sealer = events.Sealer(database, tmp_path, at_least=2)
    await store(database, first := event(properties='{"v":"ż"}'))
    await settled(database)
    assert await sealer.seal_when_due() == 0
    await store(database, second := event())
    await settled(database)
    assert await sealer.seal_when_due() == 2
    assert await read(database, tmp_path) == rows(first, second)
    assert [path.name for path in tmp_path.iterdir()] == ["events"]


async def test_writer_that_fails_says_why(database, tmp_path) -> None:
    with pytest.raises(events.WritingFailed, match="does not exist"):
        await write_apart(Order(database.url.replace("/t", "/no"), str(tmp_path), "events", 0, 1))
    await store(database, one := event())
    await seal(database, tmp_path)
    assert await read(database, tmp_path) == rows(one)


async def test_open_transactions_are_left_for_later(database, tmp_path) -> None:
    early, open_one, late = event(), event(), event()
    await store(database, early)
    await settled(database)
    async with database.transaction() as conn:
        await events.append(conn, [open_one])
        await store(database, late)
        [sealed] = await events.seal(database, tmp_path)
        assert sealed.rows == 1
        assert await read(database, tmp_path) == rows(early, late)
    assert await read(database, tmp_path) == rows(early, open_one, late)
    assert [one.rows for one in await seal(database, tmp_path)] == [2]
    assert await read(database, tmp_path) == rows(early, open_one, late)


async def test_history_before_a_transaction(database, tmp_path) -> None:
    before, after = event(), event()
    await store(database, before)
    async with database.connection() as conn:
        cut = await conn.fetchval("select pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
    await store(database, after)
    assert await read(database, tmp_path, before_xid=cut) == rows(before)
    await seal(database, tmp_path)
    assert await read(database, tmp_path, before_xid=cut) == rows(before)
    assert await read(database, tmp_path) == rows(before, after)


async def test_rows_are_ordered_by_subject(database, tmp_path) -> None:
    await store(database, *(event(new_id()) for _ in range(100)))
    await seal(database, tmp_path)
    with open_history(database.url, tmp_path) as history:
        [file] = tmp_path.glob("events/*.parquet")
        found = history.connection.execute(f"select subject_id from read_parquet('{file}')").fetchall()
    assert found == sorted(found)


async def test_attribute_changes_are_sealed(database, tmp_path) -> None:
    async with database.transaction() as conn:
        await conn.execute(
            "insert into attribute_changes (subject_id, field, value, source, at) values ($1, 'plan', '\"pro\"', 'site', now())",
            new_id(),
        )
    [sealed] = await seal(database, tmp_path)
    assert (sealed.relation, sealed.rows) == ("attribute_changes", 1)
    with open_history(database.url, tmp_path) as history:
        found = history.connection.execute("select field, value from attribute_changes").fetchall()
    assert found == [("plan", '"pro"')]


async def test_loaded_tables_see_the_same_moment(database, tmp_path) -> None:
    await store(database, event())
    with open_history(database.url, tmp_path) as history:
        await store(database, event())
        history.load("counted", "select count(*) as n, array_agg(kind) as kinds from events")
        assert history.connection.execute("select n, kinds from counted").fetchall() == [(1, ["demo_watched"])]
        assert history.connection.execute("select count(*) from events").fetchall() == [(1,)]


async def test_one_sealer_at_a_time(database, tmp_path) -> None:
    await store(database, *(event() for _ in range(50)))
    results = await asyncio.gather(*(seal(database, tmp_path) for _ in range(4)))
    assert sum(one.rows for result in results for one in result) == 50
    assert len(await read(database, tmp_path)) == 50


async def test_small_files_become_one(database, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("leadlight.events.sealing.WORTH_MERGING", 3)
    monkeypatch.setattr("leadlight.events.sealing.LARGE_ROWS", 4)
    stored = [event() for _ in range(8)]
    counts: list[int] = []
    for one in stored:
        await store(database, one)
        with open_history(database.url, tmp_path) as earlier:  # reads on after the files were merged away
            await seal(database, tmp_path)
            assert len(earlier.connection.execute("select * from events").fetchall()) == len(counts) + 1
        async with database.connection() as conn:
            counts.append(await conn.fetchval("select count(*) from sealed"))
        assert await read(database, tmp_path) == rows(*stored[: len(counts)])
    # 1+1+1 become 3; 3+1+1 become 5, which is large and stays; 1+1+1 become 3
    assert counts == [1, 2, 1, 2, 1, 2, 3, 2]
    monkeypatch.setattr(files, "GRACE_SECONDS", 0.0)
    await store(database, last := event())
    await seal(database, tmp_path)
    assert len(list(tmp_path.glob("events/*"))) == 3
    assert await read(database, tmp_path) == rows(*stored, last)


async def test_missing_file_is_told(database, tmp_path) -> None:
    await store(database, event())
    await seal(database, tmp_path)
    next(tmp_path.glob("events/*.parquet")).unlink()
    with pytest.raises(events.HistoryFileMissing):
        await read(database, tmp_path)


# A sealer that dies by SIGKILL: at the n-th fsync (of the file, of its directory, of the root), or after it wrote the
# manifest row but before the commit.
_DOOMED = """
import asyncio, os, signal, sys
from pathlib import Path
import asyncpg
from leadlight import events
from leadlight.kit.config import Settings
from leadlight.kit.db import Database

url, root, moment = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
calls, fsync, executemany = 0, os.fsync, asyncpg.Connection.executemany

def die():
    os.kill(os.getpid(), signal.SIGKILL)

def counted_fsync(descriptor):
    global calls
    calls += 1
    die() if calls == moment else fsync(descriptor)

async def last_executemany(*arguments, **options):
    await executemany(*arguments, **options)
    die()

os.fsync, asyncpg.Connection.executemany = counted_fsync, last_executemany

async def main():
    database = await Database.open(Settings(database_url=url))
    await events.seal(database, root)

asyncio.run(main())
"""


@pytest.mark.parametrize("moment", [1, 2, 3, 4])
async def test_kill_while_sealing_loses_and_doubles_nothing(database, tmp_path, monkeypatch, moment) -> None:
    first, second = [event() for _ in range(50)], [event() for _ in range(50)]
    await store(database, *first)
    await seal(database, tmp_path)
    await store(database, *second)
    await settled(database)
    command = [sys.executable, "-c", _DOOMED, database.url, str(tmp_path), str(moment)]
    done = await asyncio.to_thread(subprocess.run, command, check=False, capture_output=True)
    assert done.returncode == -signal.SIGKILL
    assert len(list(tmp_path.glob("events/*"))) == 2  # the second one has no row in the manifest
    assert await read(database, tmp_path) == rows(*first, *second)
    await store(database, later := event())
    monkeypatch.setattr(files, "GRACE_SECONDS", 0.0)
    [sealed] = await seal(database, tmp_path)
    assert sealed.rows == 51
    assert await read(database, tmp_path) == rows(*first, *second, later)
    async with database.connection() as conn:
        known = {row["file"] for row in await conn.fetch("select file from sealed")}
    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.glob("events/*")} == known


async def test_restored_into_a_younger_server_is_told(database, tmp_path) -> None:
    await store(database, event())
    await seal(database, tmp_path)
    async with database.connection() as conn:
        await conn.execute("update sealed set to_xid = '999999999999'")
    with pytest.raises(events.HistoryAhead):
        await read(database, tmp_path)
    with pytest.raises(events.HistoryAhead):
        await seal(database, tmp_path)
