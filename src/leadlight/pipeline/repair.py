"""Bringing back what the doctor found wrong: memories from the stored events, scores from the memories."""

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from leadlight import matching, scoring
from leadlight.kit.db import Connection
from leadlight.pipeline.decide import tally_event
from leadlight.pipeline.doctor import Finding, Progress, examine
from leadlight.pipeline.due import reason_of
from leadlight.pipeline.engine import Engine
from leadlight.pipeline.load import load_contacts, load_history
from leadlight.pipeline.store import store
from leadlight.pipeline.work import Work

AT_ONCE = 200
MOST_AT_ONCE = 100_000
ROUNDS = 20


async def repair(engine: Engine, progress: Progress | None = None) -> tuple[int, list[Finding]]:
    """Examine and repair until all is well or nothing gets better; how many contacts, and what is left.

    Quietly: no band is reported as crossed and nobody is handed over.
    """
    repaired: set[UUID] = set()
    for _ in range(ROUNDS):
        findings = await examine(engine, progress, MOST_AT_ONCE)
        wrong = {finding.contact_id for finding in findings}
        if wrong <= repaired:
            return len(repaired), findings
        await repair_contacts(engine, sorted(wrong), progress)
        repaired |= wrong
    return len(repaired), await examine(engine, progress)


async def repair_contacts(engine: Engine, contact_ids: Sequence[UUID], progress: Progress | None = None) -> None:
    """Tally everything these contacts did again, and sum their scores from nothing."""
    for start in range(0, len(contact_ids), AT_ONCE):
        await engine.retrying(partial(_repair, engine, contact_ids[start : start + AT_ONCE]))
        if progress:
            progress(min(start + AT_ONCE, len(contact_ids)), len(contact_ids))


async def _repair(engine: Engine, contact_ids: Sequence[UUID], conn: Connection) -> None:
    generation = await engine.generations.current(conn)
    work = await load_contacts(conn, generation, contact_ids, await engine.clock.now_us(conn))
    await load_history(conn, work, set(work.directory.subjects))
    for subject_id in work.directory.subjects:
        _tally_anew(work, subject_id)
    for contact_id in contact_ids:
        _score_anew(work, contact_id)
    await store(conn, work)


def _tally_anew(work: Work, subject_id: UUID) -> None:
    memory: matching.Memory = {}
    stages = work.directory.contact(work.directory.subjects[subject_id].contact_id).stages
    for event in work.history[subject_id]:
        tally_event(work.generation, memory, event, stages)
    if memory or subject_id in work.memories:
        work.memories[subject_id] = memory
        work.changes.memories.add(subject_id)


def _score_anew(work: Work, contact_id: UUID) -> None:
    contact = work.directory.find_contact(contact_id)
    if contact is None or contact.merged_into is not None:
        work.changes.unscored.add(contact_id)
        return
    facts = work.facts(contact_id)
    for model in work.generation.models:
        key = contact_id, model.model.key
        held = work.scores.get(key) or scoring.first_score(model, contact_id, work.now_us)
        done = scoring.rescore(model, held, facts, touched=None, today=work.today, now_us=work.now_us)
        work.scores[key] = done.score
        work.changes.scores.add(key)
        work.changes.due[contact_id, reason_of(model.model)] = done.next_change_us
