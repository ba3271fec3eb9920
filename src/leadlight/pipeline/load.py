"""Load: everything the events of one batch may need, in a handful of queries."""

from collections.abc import Sequence
from uuid import UUID

from leadlight import events, handoff, matching, people, scoring
from leadlight.events import Incoming
from leadlight.kit.days import day_of
from leadlight.kit.db import Connection
from leadlight.pipeline import due
from leadlight.pipeline.claims import claim_of
from leadlight.pipeline.generation import Generation
from leadlight.pipeline.work import Work


async def load_arrivals(conn: Connection, generation: Generation, arrivals: Sequence[Incoming], now_us: int) -> Work:
    """Lock and load all people these arrivals speak of."""
    stored_ids = await events.existing(conn, [arrival.id for arrival in arrivals])
    claims = [claim_of(arrival) for arrival in arrivals if arrival.id not in stored_ids]
    directory = await people.load_directory(conn, claims, fields=generation.fields)
    return await _load(conn, generation, directory, now_us, stored_ids)


async def load_contacts(conn: Connection, generation: Generation, contact_ids: Sequence[UUID], now_us: int) -> Work:
    """Lock and load these contacts."""
    directory = await people.load_directory(conn, [], contact_ids=contact_ids, fields=generation.fields)
    return await _load(conn, generation, directory, now_us, set())


async def read_contacts(conn: Connection, generation: Generation, contact_ids: Sequence[UUID], now_us: int) -> Work:
    """Load these contacts to look at them; nothing is locked. Call inside a REPEATABLE READ transaction."""
    directory = await people.read_directory(conn, contact_ids, generation.fields)
    return await _load(conn, generation, directory, now_us, set())


async def load_commands(
    conn: Connection, generation: Generation, commands: Sequence[people.Command], now_us: int
) -> Work:
    """Lock and load everybody these commands change."""
    directory = await people.load_for(conn, commands, now_us, generation.fields)
    return await _load(conn, generation, directory, now_us, set())


async def load_history(conn: Connection, work: Work, subject_ids: set[UUID]) -> None:
    """Add the stored events of these subjects."""
    for subject_id in subject_ids:
        work.history[subject_id] = []
    for event in await events.of_subjects(conn, list(subject_ids)):
        work.history[event.subject_id].append(event)


async def _load(
    conn: Connection, generation: Generation, directory: people.Directory, now_us: int, stored_ids: set[UUID]
) -> Work:
    contact_ids = list(directory.contacts)
    models = [(model.model.key, model.model.version) for model in generation.models]
    return Work(
        generation=generation,
        now_us=now_us,
        today=day_of(now_us, generation.zone),
        directory=directory,
        memories=await matching.load(conn, directory.subjects),
        scores=await scoring.load(conn, contact_ids, models),
        in_work={(directory.contact(each).id, model) for each, model in await handoff.in_work(conn, contact_ids)},
        due=dict(await due.load(conn, contact_ids, generation.reasons)),
        stored_ids=stored_ids,
        known={contact_id for contact_id, contact in directory.contacts.items() if contact.is_known},
    )
