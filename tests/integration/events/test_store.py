"""The intake queue and the stored events."""

from datetime import UTC, datetime

import asyncpg
import pytest

from leadlight import events
from leadlight.events import DropReason, Intake
from leadlight.kit.ids import new_id
from tests.factories.events import RECEIVED_US, event, incoming

ALL = range(events.SHARDS)


async def take(database, shards=ALL, limit=1000) -> list[tuple[int, int, events.Incoming]]:
    async with database.connection() as conn:
        return await events.take(conn, shards, limit)


async def test_taken_events_equal_accepted_ones(database) -> None:
    sent = [
        incoming(traits={"a": [1, 2.5, None, {"b": "ż"}]}, email="x@y.example", excluded="bot", previous_id="p"),
        incoming(anonymous_id=None, user_id="u", group_id="g", url_host="h", url_path="/", url_query="q=1"),
    ]
    await Intake(database).accept(sent)
    assert [(attempts, one) for _, attempts, one in await take(database)] == [(0, one) for one in sent]


async def test_order_of_arrival_and_limit(database) -> None:
    sent = [incoming(anonymous_id=f"a{number}") for number in range(20)]
    await Intake(database).accept(sent)
    assert [one for _, _, one in await take(database, limit=7)] == sent[:7]


async def test_shards_divide_the_queue(database) -> None:
    sent = [incoming(anonymous_id=f"a{number}") for number in range(50)]
    await Intake(database).accept(sent)
    even = await take(database, [shard for shard in ALL if shard % 2 == 0])
    odd = await take(database, [shard for shard in ALL if shard % 2])
    assert all(events.shard_of(one) % 2 == 0 for _, _, one in even)
    assert {one.id for _, _, one in even + odd} == {one.id for one in sent}


async def test_one_browser_stays_in_one_shard() -> None:
    assert events.shard_of(incoming(user_id="u")) == events.shard_of(incoming(user_id=None, kind="page_viewed"))


async def test_finish_and_note_attempt(database) -> None:
    await Intake(database).accept([incoming(), incoming()])
    (first, _, _), (second, _, _) = await take(database)
    async with database.transaction() as conn:
        await events.finish(conn, [first])
        await events.note_attempt(conn, [second])
    assert [(row_id, attempts) for row_id, attempts, _ in await take(database)] == [(second, 1)]


async def test_unreadable_row_is_set_aside(database) -> None:
    await Intake(database).accept([incoming(message_id="good")])
    async with database.transaction() as conn:
        await conn.execute("insert into intake (shard, body) values (0, 'junk')")
    assert [one.message_id for _, _, one in await take(database)] == ["good"]
    async with database.connection() as conn:
        [kept] = await events.list_set_aside(conn, None, 10)
        assert (kept.reason, kept.event, kept.readable()) == (DropReason.FAILED, None, None)
        assert await conn.fetchval("select count(*) from intake") == 1
        with pytest.raises(events.NotReadable):
            async with conn.transaction():
                await events.retry_set_aside(conn, kept.id)
        assert len(await events.list_set_aside(conn, None, 10)) == 1


async def test_free_shards_are_claimed_once(database) -> None:
    await Intake(database).accept([incoming(anonymous_id=f"a{number}") for number in range(500)])
    async with database.transaction() as first, database.transaction() as second, database.transaction() as third:
        mine, theirs = await events.free_shards(first, 2), await events.free_shards(second, 2)
        assert len(mine) == len(theirs) == 32
        assert not set(mine) & set(theirs)
        assert await events.free_shards(third, 1) == []


async def test_free_shards_skip_empty_ones(database) -> None:
    one = incoming()
    await Intake(database).accept([one])
    async with database.transaction() as conn:
        assert await events.free_shards(conn, 4) == [events.shard_of(one)]


async def test_stored_events_read_back(database) -> None:
    subject, other = new_id(), new_id()
    stored = [
        event(subject, at_us=RECEIVED_US - number, url_path="/x", properties='{"v":1e400}', excluded="bot")
        for number in range(3)
    ]
    async with database.transaction() as conn:
        await events.append(conn, [*stored, event(other)])
        assert await events.of_subjects(conn, [subject]) == stored[::-1]
        assert len(await events.of_subjects(conn, [subject, other])) == 4
        assert await events.existing(conn, [stored[0].id, new_id()]) == {stored[0].id}
        assert await events.existing(conn, []) == set()


async def test_event_is_stored_once(database) -> None:
    one = event()
    async with database.transaction() as conn:
        await events.append(conn, [one])
    with pytest.raises(asyncpg.UniqueViolationError):
        async with database.transaction() as conn:
            await events.append(conn, [event(), one])
    async with database.connection() as conn:
        assert await conn.fetchval("select count(*) from events") == 1


async def test_timeline_pages_meet_without_gap_or_overlap(database) -> None:
    subjects = [new_id(), new_id()]
    # Eleven events at three moments: pages end between events of one moment.
    stored = [event(subjects[number % 2], at_us=RECEIVED_US + number // 4) for number in range(11)]
    pages: list[events.Event] = []
    async with database.transaction() as conn:
        await events.append(conn, [*stored, event()])
        before = None
        while page := await events.timeline(conn, subjects, before, 3):
            assert len(page) <= 3
            pages += page
            before = (page[-1].at_us, page[-1].id)
    assert pages == sorted(stored, key=lambda one: (one.at_us, one.id), reverse=True)


async def test_drop_counts_add_up(database) -> None:
    async with database.transaction() as conn:
        await events.count_drops(conn, DropReason.DUPLICATE, [incoming(), incoming(), incoming(source="b")])
        await events.count_drops(conn, DropReason.DUPLICATE, [incoming()])
        await events.count_drops(conn, DropReason.DUPLICATE, [])
        counts = await events.list_drops(conn)
    assert [(one.source, one.reason, one.count) for one in counts] == [
        ("b", DropReason.DUPLICATE, 1),
        ("site", DropReason.DUPLICATE, 3),
    ]
    assert counts[0].day == datetime.fromtimestamp(RECEIVED_US / 1e6, UTC).date()


async def test_set_aside_is_counted(database) -> None:
    async with database.transaction() as conn:
        await events.set_aside(conn, [(incoming(), "boom")], RECEIVED_US)
        assert [one.reason for one in await events.list_drops(conn)] == [DropReason.FAILED]
