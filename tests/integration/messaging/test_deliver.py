"""The outbox against a real receiver on loopback and the real database."""

import asyncio
from collections.abc import Sequence

import pytest
from standardwebhooks import Webhook as Verifier

from leadlight.kit.db import Connection, Database
from leadlight.messaging import Claimed, Deliverer, Message, Outcome, Webhook, backlog, enqueue
from leadlight.messaging.deliver import Mark
from tests.factories.messaging import StandingClock, outbox, receiver

DAY_S = 86_400


class FaultyChannel:
    """Fails before or after it has marked the message."""

    name = "faulty"

    def __init__(self, *, is_repeatable: bool, marks_first: bool) -> None:
        self.is_repeatable = is_repeatable
        self.marks_first = marks_first

    async def prepare(self, conn: Connection, messages: Sequence[Claimed], now_us: int) -> dict[object, object]:
        return {message.id: None for message in messages}

    async def hand(self, message: Claimed, prepared: object, mark: Mark) -> Outcome:
        if self.marks_first:
            await mark()
        raise ZeroDivisionError

    async def settle(self, conn: Connection, message: Claimed, outcome: Outcome, now_us: int) -> None:
        pass


async def test_a_message_arrives_signed_and_once(database: Database):
    async with receiver() as crm, outbox(database, Webhook("crm", crm.url)) as box:
        await box.send("first")
        assert await box.deliverer.drain() == 1
        assert await box.deliverer.drain() == 0
        async with database.connection() as conn:
            secret = await conn.fetchval("select secret from webhook_secrets")
    request = crm.requests[0]
    assert Verifier(secret).verify(request.body, request.headers)["data"] == {"occasion": "first"}
    assert request.headers["content-type"] == "application/json"
    assert await box.states() == {"first": "accepted"}


async def test_a_repeated_occasion_is_ignored(database: Database):
    async with receiver() as crm, outbox(database, Webhook("crm", crm.url)) as box:
        await box.send("same")
        await box.send("same", "other")
        await box.deliverer.drain()
    assert len(crm.requests) == 2


async def test_a_failure_is_tried_again_with_the_same_id(database: Database):
    async with receiver() as crm, outbox(database, Webhook("crm", crm.url)) as box:
        crm.answer = lambda n: 500 if n < 3 else 204
        await box.send("first")
        await box.deliverer.drain()
        assert await box.deliverer.drain() == 0
        for seconds in (5, 300):
            box.clock.advance(seconds)
            assert await box.deliverer.drain() == 1
    assert len(crm.requests) == 3
    assert len(set(crm.ids)) == 1
    assert await box.states() == {"first": "accepted"}


async def test_a_receiver_down_for_three_days_loses_nothing(database: Database):
    async with receiver() as crm, outbox(database, Webhook("crm", crm.url)) as box:
        sent = {f"msg_{message.id.hex}" for message in await box.send(*map(str, range(20)))}
        crm.answer = lambda _: 503
        up_at_us = box.clock.at_us + 3 * DAY_S * 1_000_000
        while box.clock.at_us < up_at_us:
            await box.deliverer.drain()
            box.clock.advance(3_600)
        crm.requests.clear()
        crm.answer = lambda _: 200
        for _ in range(30):
            box.clock.advance(3_600)
            await box.deliverer.drain()
    assert sorted(crm.ids) == sorted(sent)
    assert set((await box.states()).values()) == {"accepted"}


async def test_after_ten_attempts_a_message_has_failed(database: Database):
    async with receiver() as crm, outbox(database, Webhook("crm", crm.url)) as box:
        crm.answer = lambda _: 500
        await box.send("first")
        for _ in range(12):
            await box.deliverer.drain()
            box.clock.advance(DAY_S)
    assert len(crm.requests) == 10
    assert await box.states() == {"first": "failed"}


async def test_retry_after_is_honoured(database: Database):
    async with receiver() as crm, outbox(database, Webhook("crm", crm.url)) as box:
        crm.answer = lambda n: b"HTTP/1.1 429 Slow\r\nRetry-After: 3600\r\nContent-Length: 0\r\n\r\n" if n == 1 else 200
        await box.send("first")
        await box.deliverer.drain()
        box.clock.advance(3_599)
        assert await box.deliverer.drain() == 0
        box.clock.advance(1)
        assert await box.deliverer.drain() == 1


async def test_410_disables_the_endpoint_and_ends_its_messages(database: Database):
    async with receiver() as crm, outbox(database, Webhook("crm", crm.url), most_per_target=1) as box:
        crm.answer = lambda _: 410
        await box.send("first", "second", "third")
        await box.deliverer.drain()
    assert box.disabled == ["crm"]
    assert len(crm.requests) == 1
    assert sorted((await box.states()).values()) == ["cancelled", "cancelled", "failed"]


@pytest.mark.parametrize("status", [300, 301, 302, 303, 305, 307, 308])
async def test_a_redirect_is_not_followed(database: Database, status):
    async with receiver() as crm, receiver() as other, outbox(database, Webhook("crm", crm.url)) as box:
        crm.answer = lambda _: f"HTTP/1.1 {status} Go\r\nLocation: {other.url}\r\nContent-Length: 0\r\n\r\n".encode()
        await box.send("first")
        await box.deliverer.drain()
    assert len(crm.requests) == 1
    assert other.requests == []
    assert await box.states() == {"first": "queued"}


async def test_an_unreachable_receiver_leaves_the_message_queued(database: Database):
    async with receiver() as crm:
        pass
    async with outbox(database, Webhook("crm", crm.url)) as box:
        await box.send("first")
        await box.deliverer.drain()
        async with database.connection() as conn:
            assert "ConnectError" in await conn.fetchval("select last_error from outbox")
    assert await box.states() == {"first": "queued"}


async def test_a_private_address_is_not_contacted(database: Database):
    async with outbox(database, Webhook("crm", "http://10.0.0.1/hook")) as box:
        await box.send("first")
        await box.deliverer.drain()
        async with database.connection() as conn:
            assert "private" in await conn.fetchval("select last_error from outbox")


async def test_a_slow_target_leaves_room_for_others(database: Database):
    async with receiver() as slow, receiver() as fast:
        slow.delay_s = 0.3
        async with outbox(
            database, Webhook("a_slow", slow.url), Webhook("fast", fast.url), most_at_once=6, most_per_target=4
        ) as box:
            await box.send(*map(str, range(8)))
            await box.deliverer.drain()
    assert slow.most_at_once <= 4
    assert len(slow.requests) == len(fast.requests) == 8


async def test_several_deliverers_share_the_work(database: Database):
    async with receiver() as crm:
        crm.delay_s = 0.01
        webhook = Webhook("crm", crm.url)
        async with outbox(database, webhook) as one, outbox(database, webhook) as two:
            await one.send(*map(str, range(60)))
            await asyncio.gather(one.deliverer.drain(), two.deliverer.drain())
    assert len(crm.requests) == len(set(crm.ids)) == 60


async def test_messages_of_a_vanished_webhook_are_cancelled(database: Database):
    async with receiver() as crm, outbox(database, Webhook("crm", crm.url)) as box:
        await box.send("first")
        box.webhooks.clear()
        await box.deliverer.drain()
    assert await box.states() == {"first": "cancelled"}


async def test_a_stop_lets_the_message_in_hand_end(database: Database):
    async with receiver() as crm, outbox(database, Webhook("crm", crm.url)) as box:
        crm.delay_s = 0.3
        await box.send("first")
        stop = asyncio.Event()
        running = asyncio.create_task(box.deliverer.run_until(stop))
        await asyncio.wait_for(crm.first.wait(), 10)
        stop.set()
        await running
    assert await box.states() == {"first": "accepted"}


async def test_the_backlog_counts_what_is_due(database: Database):
    async with receiver() as crm, outbox(database, Webhook("crm", crm.url)) as box:
        await box.send("first", "second")
        async with database.connection() as conn:
            assert (await backlog(conn, box.clock.at_us)).waiting == 2
        await box.deliverer.drain()
        async with database.connection() as conn:
            assert await backlog(conn, box.clock.at_us) == type(await backlog(conn, 0))(0, None)


async def test_no_answer_in_time_is_a_failure(database: Database):
    async with receiver() as crm, outbox(database, Webhook("crm", crm.url), hand_s=0.2) as box:
        crm.delay_s = 30
        await box.send("first")
        await box.deliverer.drain()
        async with database.connection() as conn:
            assert await conn.fetchval("select last_error from outbox") == "no answer within 0.2 s"
    assert await box.states() == {"first": "queued"}


@pytest.mark.parametrize(
    ("is_repeatable", "marks_first", "state"),
    [(False, True, "in_doubt"), (False, False, "queued"), (True, True, "queued")],
)
async def test_a_fault_while_handing_is_in_doubt_only_where_a_repeat_would_double(
    database: Database, is_repeatable, marks_first, state
):
    channel = FaultyChannel(is_repeatable=is_repeatable, marks_first=marks_first)
    async with database.transaction() as conn:
        await enqueue(conn, [Message("faulty", "someone", "welcome", "{}")], StandingClock().at_us)
    await Deliverer(database, StandingClock(), [channel]).drain()
    async with database.connection() as conn:
        row = await conn.fetchrow("select state, last_error from outbox")
    assert (row["state"], row["last_error"]) == (state, "ZeroDivisionError in Leadlight")


async def test_a_message_that_ends_its_worker_each_time_is_given_up(database: Database):
    async with receiver() as crm, outbox(database, Webhook("crm", crm.url)) as box:
        await box.send("first")
        async with database.transaction() as conn:
            await conn.execute(
                "update outbox set state = 'handing', attempts = 10, claimed_at = now() - interval '1 hour'"
            )
        assert await box.deliverer.drain() == 0
    assert await box.states() == {"first": "failed"}
