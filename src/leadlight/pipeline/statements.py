"""A contact's scores, line by line, as of now."""

from uuid import UUID

import msgspec

from leadlight import scoring
from leadlight.pipeline.engine import Engine
from leadlight.pipeline.load import read_contacts


class Explained(msgspec.Struct, frozen=True):
    """A statement and the stored score it explains (band and standing are not a function of the lines alone)."""

    statement: scoring.Statement
    score: scoring.Score


async def statements(engine: Engine, contact_id: UUID) -> list[Explained]:
    """One for each published model, by key. Raises people.UnknownContact."""
    async with engine.db.transaction(isolation="repeatable_read", readonly=True) as conn:
        generation = await engine.generations.look(conn)
        now_us = await engine.clock.now_us(conn)
        work = await read_contacts(conn, generation, [contact_id], now_us)
        contact = work.directory.contact(contact_id)
        facts = work.facts(contact.id)
        explained = []
        for model in generation.models:
            held = work.scores.get((contact.id, model.model.key)) or scoring.first_score(model, contact.id, now_us)
            score = scoring.rescore(model, held, facts, touched=None, today=work.today, now_us=now_us).score
            explained.append(Explained(scoring.statement(model, facts, work.today, now_us), score))
    return explained
