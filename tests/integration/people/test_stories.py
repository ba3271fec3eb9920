"""The same story told in one directory, and step by step through the database, ends with the same people."""

from random import Random
from uuid import UUID

import pytest

from leadlight.kit.db import Database
from leadlight.people import Claim, Directory, load_directory, store_directory
from tests.factories.people import NOW, make_directory

STEPS = 40


def make_claim(dice: Random) -> Claim:
    def one_of(letter: str, chance: float) -> str | None:
        return f"{letter}{dice.randrange(3)}" if dice.random() < chance else None

    if dice.random() < 0.15:
        return Claim("web", NOW, "aliased", user_id=f"u{dice.randrange(3)}", previous_id=one_of("a", 0.5) or "u1")
    user_id, email = one_of("u", 0.4), one_of("e", 0.3)
    anonymous_id = one_of("a", 0.6) if user_id or email else f"a{dice.randrange(3)}"
    email = f"{email}@acme.com" if email else None
    return Claim(
        "web", NOW, "identified", anonymous_id=anonymous_id, user_id=user_id, email=email, traits={"n": dice.random()}
    )


class Stored:
    """Each step loads what it needs, and stores what it changed."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def resolve(self, claim: Claim, now_us: int) -> UUID:
        async with self.database.transaction() as conn:
            directory = await load_directory(conn, [claim])
            resolution = directory.resolve(claim, now_us)
            await store_directory(conn, directory)
            return resolution.subject_id

    async def merge(self, into: UUID, other: UUID, now_us: int) -> None:
        async with self.database.transaction() as conn:
            directory = await load_directory(conn, contact_ids=[into, other])
            directory.merge(into, other, "test", now_us)
            await store_directory(conn, directory)

    async def unmerge(self, merged: UUID, now_us: int) -> None:
        async with self.database.transaction() as conn:
            directory = await load_directory(conn, contact_ids=[merged])
            directory.unmerge(merged, now_us)
            await store_directory(conn, directory)

    async def contact_of(self, subject_id: UUID) -> UUID:
        async with self.database.connection() as conn:
            found = await conn.fetchval("select contact_id from subjects where id = $1", subject_id)
            return UUID(str(found))


async def tell(stored: Stored, told: Directory, dice: Random) -> list[tuple[UUID, UUID]]:
    """Subjects of the events in both, in order."""
    events: list[tuple[UUID, UUID]] = []
    merged: list[tuple[UUID, UUID]] = []
    for step in range(STEPS):
        now_us, chance = NOW + step, dice.random()
        if events and chance < 0.15:
            (s1, t1), (s2, t2) = dice.choice(events), dice.choice(events)
            if told.subjects[t1].contact_id != told.subjects[t2].contact_id:
                into, other = await stored.contact_of(s1), await stored.contact_of(s2)
                merged.append((other, told.subjects[t2].contact_id))
                await stored.merge(into, other, now_us)
                told.merge(told.subjects[t1].contact_id, told.subjects[t2].contact_id, "test", now_us)
        elif merged and chance < 0.25:
            there, here = merged.pop(dice.randrange(len(merged)))
            await stored.unmerge(there, now_us)
            told.unmerge(here, now_us)
        else:
            claim = make_claim(dice)
            events.append((await stored.resolve(claim, now_us), told.resolve(claim, now_us).subject_id))
    return events


@pytest.mark.parametrize("seed", range(4))
async def test_story_through_database_ends_the_same(database: Database, seed: int) -> None:
    stored, told = Stored(database), make_directory()
    events = await tell(stored, told, Random(seed))
    there = [await stored.contact_of(subject_id) for subject_id, _ in events]
    here = [told.subjects[subject_id].contact_id for _, subject_id in events]
    assert [there.index(contact) for contact in there] == [here.index(contact) for contact in here]
    async with database.transaction() as conn:
        loaded = await load_directory(conn, contact_ids=there)
    for contact, told_contact in zip(there, here, strict=True):
        assert loaded.contact(contact).profile == told.contact(told_contact).profile
        assert loaded.contact(contact).is_known == told.contact(told_contact).is_known
