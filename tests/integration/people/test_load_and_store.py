"""A directory stored and loaded again is the same; two workers never make two people of one."""

import asyncio

import pytest

from leadlight.kit.db import Database
from leadlight.people import IdentityRace, load_directory, store_directory
from tests.factories.people import NOW, SECOND, alias, group, identify, visit


async def resolve_all(database: Database, claims, now_us=NOW):
    async with database.transaction() as conn:
        directory = await load_directory(conn, claims)
        resolutions = [directory.resolve(claim, now_us) for claim in claims]
        await store_directory(conn, directory)
    return directory, resolutions


async def load(database: Database, contact_id):
    async with database.transaction() as conn:
        return await load_directory(conn, contact_ids=[contact_id])


async def test_loaded_directory_equals_the_stored(database: Database) -> None:
    claims = [
        visit("a1"),
        identify("u1", "ann@acme.com", "a1", firstName="Ann", plan={"tier": [1, None, True]}),
        group("u1", "g1", name="Acme"),
        identify("u2", "bob@gmail.com", "a1", at_us=NOW + SECOND),
        alias("u2", "u1", at_us=NOW + SECOND),
    ]
    stored, resolutions = await resolve_all(database, claims)
    contact = stored.contact(resolutions[1].contact_id)
    stored.begin()
    loaded = await load(database, contact.id)
    assert loaded.contacts == stored.contacts
    assert loaded.subjects == stored.subjects
    assert loaded.identifiers == stored.identifiers
    assert loaded.accounts == {contact.account_id: stored.accounts[contact.account_id]} | loaded.accounts
    assert loaded.members == {key: sorted(each, key=lambda one: one.id) for key, each in stored.members.items() if each}


async def test_second_batch_finds_the_person_again(database: Database) -> None:
    _, (first, *_) = await resolve_all(database, [identify("u1", "ann@acme.com", "a1")])
    _, (second, third) = await resolve_all(database, [visit("a1"), identify(email="ann@acme.com")])
    assert {first.contact_id} == {second.contact_id, third.contact_id}


async def test_claims_of_merged_contact_lead_to_survivor(database: Database) -> None:
    _, (first, second) = await resolve_all(database, [identify("u1"), identify("u2")])
    async with database.transaction() as conn:
        directory = await load_directory(conn, contact_ids=[first.contact_id, second.contact_id])
        directory.merge(first.contact_id, second.contact_id, "test", NOW)
        await store_directory(conn, directory)
    _, (again,) = await resolve_all(database, [identify("u2", firstName="Bo")])
    assert again.contact_id == first.contact_id
    async with database.transaction() as conn:
        directory = await load_directory(conn, contact_ids=[second.contact_id])
        assert directory.unmerge(second.contact_id, NOW).contact_id == second.contact_id
        await store_directory(conn, directory)
    loaded = await load(database, second.contact_id)
    assert loaded.contact(second.contact_id).profile == {"first_name": "Bo"}


async def test_two_workers_meeting_one_new_person_race(database: Database) -> None:
    claim = identify("u1", "ann@acme.com", "a1")
    both_loaded = asyncio.Barrier(2)

    async def work():
        async with database.transaction() as conn:
            directory = await load_directory(conn, [claim])
            await both_loaded.wait()
            directory.resolve(claim, NOW)
            await store_directory(conn, directory)

    results = await asyncio.gather(work(), work(), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["IdentityRace", "NoneType"]
    _, (again,) = await resolve_all(database, [claim])
    assert not again.created


async def test_many_workers_end_with_one_contact(database: Database) -> None:
    claims = [visit("a1"), identify("u1", None, "a1"), identify("u1", "ann@acme.com"), identify(email="ann@acme.com")]

    async def work(claim):
        for _ in range(20):
            try:
                await resolve_all(database, [claim])
                return
            except IdentityRace:
                await asyncio.sleep(0.01)
        pytest.fail("the race never ended")

    await asyncio.gather(*(work(claim) for claim in claims))
    directory, resolutions = await resolve_all(database, claims)
    shown = {resolution.contact_id for resolution in resolutions}
    assert len(shown) == 1
    assert sum(1 for contact in directory.contacts.values() if contact.merged_into is None) == 1


async def test_join_while_another_worker_waits_is_seen(database: Database) -> None:
    await resolve_all(database, [visit("a1")])
    joined = asyncio.Event()

    async def join():
        async with database.transaction() as conn:
            claim = identify("u1", None, "a1")
            directory = await load_directory(conn, [claim])
            joined.set()
            await asyncio.sleep(0.1)
            resolution = directory.resolve(claim, NOW)
            await store_directory(conn, directory)
        return resolution

    async def visit_meanwhile():
        await joined.wait()
        _, (resolution,) = await resolve_all(database, [visit("a1", NOW + SECOND)])
        return resolution

    one, other = await asyncio.gather(join(), visit_meanwhile())
    assert one.contact_id == other.contact_id
