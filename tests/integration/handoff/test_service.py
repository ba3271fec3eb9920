import asyncio
import json

import pytest

from leadlight import handoff
from leadlight.handoff import Answer, Filter, MoveNotAllowed, State, UnknownHandOff, Verb
from leadlight.kit.db import Database
from leadlight.kit.ids import new_id
from leadlight.messaging import Webhook
from tests.factories.handoff import NOW, contact, opened

HOOKS = [Webhook("crm", "https://crm.example/"), Webhook("won", "https://won.example/", ("hand_off.won",))]


async def messages(database: Database) -> list[tuple[str, str]]:
    async with database.connection() as conn:
        rows = await conn.fetch("select target, body from outbox order by id")
    return [(row["target"], json.loads(row["body"])["type"]) for row in rows]


async def test_opening_stores_and_tells(database: Database):
    made = opened()
    async with database.transaction() as conn:
        assert await handoff.open_all(conn, [made], HOOKS) == {made.id}
        assert await handoff.in_work(conn, [made.contact_id, new_id()]) == {(made.contact_id, "default")}
        assert await handoff.read(conn, made.id) == made
    assert await messages(database) == [("crm", "hand_off.opened")]


async def test_a_contact_in_work_gets_no_second_one(database: Database):
    person = contact()
    async with database.transaction() as conn:
        assert len(await handoff.open_all(conn, [opened(person), opened(person)], HOOKS)) == 1
    async with database.transaction() as conn:
        assert await handoff.open_all(conn, [opened(person)], HOOKS) == set()
    assert len(await messages(database)) == 1


async def test_two_workers_open_one(database: Database):
    person = contact()

    async def open_one() -> int:
        async with database.transaction() as conn:
            return len(await handoff.open_all(conn, [opened(person)], HOOKS))

    assert sum(await asyncio.gather(*(open_one() for _ in range(4)))) == 1
    assert len(await messages(database)) == 1


async def test_each_answer_is_told_once(database: Database):
    made = opened()
    async with database.transaction() as conn:
        await handoff.open_all(conn, [made], HOOKS)
    emitted = []
    for given in (
        Answer(Verb.ACCEPT),
        Answer(Verb.ACCEPT),
        Answer(Verb.CONTACTED),
        Answer(Verb.WON, amount_hundredths=5),
    ):
        async with database.transaction() as conn:
            emitted.append((await handoff.answer(conn, made.id, given, HOOKS, NOW + 1)).event)
    assert emitted == ["hand_off_accepted", None, "hand_off_contacted", "hand_off_won"]
    types = await messages(database)
    assert sorted(types) == [
        ("crm", "hand_off.accepted"),
        ("crm", "hand_off.contacted"),
        ("crm", "hand_off.opened"),
        ("crm", "hand_off.won"),
        ("won", "hand_off.won"),
    ]


async def test_of_two_answers_at_once_one_is_refused(database: Database):
    made = opened()
    async with database.transaction() as conn:
        await handoff.open_all(conn, [made], [])

    async def give(answer: Answer) -> object:
        async with database.transaction() as conn:
            return await handoff.answer(conn, made.id, answer, HOOKS, NOW)

    await give(Answer(Verb.ACCEPT))
    results = await asyncio.gather(give(Answer(Verb.WON)), give(Answer(Verb.LOST, "price")), return_exceptions=True)
    assert sum(isinstance(result, MoveNotAllowed) for result in results) == 1


async def test_a_closed_one_makes_room_for_the_next(database: Database):
    person = contact()
    first = opened(person)
    async with database.transaction() as conn:
        await handoff.open_all(conn, [first], [])
        await handoff.answer(conn, first.id, Answer(Verb.REJECT, "student"), [], NOW)
        assert len(await handoff.open_all(conn, [opened(person)], [])) == 1


async def test_lists_filter_and_go_on_page_by_page(database: Database):
    made = [opened() for _ in range(5)]
    async with database.transaction() as conn:
        await handoff.open_all(conn, made, [])
        await handoff.answer(conn, made[0].id, Answer(Verb.ACCEPT), [], NOW)
        newest_first = sorted((item.id for item in made), reverse=True)
        first = await handoff.listed(conn, Filter(), None, 3)
        rest = await handoff.listed(conn, Filter(), (first[-1].opened_at_us, first[-1].id), 3)
        assert [item.id for item in [*first, *rest]] == newest_first
        assert [item.id for item in await handoff.listed(conn, Filter(State.ACCEPTED), None, 9)] == [made[0].id]
        assert await handoff.listed(conn, Filter(model="other"), None, 9) == []
        assert len(await handoff.listed(conn, Filter(contact_id=made[1].contact_id), None, 9)) == 1


async def test_an_unknown_one_is_refused(database: Database):
    async with database.transaction() as conn:
        with pytest.raises(UnknownHandOff):
            await handoff.answer(conn, new_id(), Answer(Verb.ACCEPT), [], NOW)
