"""Scores of a version that is about to go live: those found in history, and those of whoever has changed since."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from leadlight import events, people, scoring
from leadlight.kit.db import Connection
from leadlight.pipeline import due
from leadlight.pipeline.engine import Engine
from leadlight.pipeline.load import load_contacts
from leadlight.pipeline.work import Work
from leadlight.scoring import CompiledModel

if TYPE_CHECKING:
    from leadlight.scoring.batch import Total

AT_ONCE = 2_000


class Newcomer(msgspec.Struct, frozen=True):
    """A model version about to replace `replaces`, beside which it is scored; `cut` is where history ended."""

    model: CompiledModel
    replaces: int | None
    cut_xid: int
    cut_us: int
    cut_day: int

    @property
    def reason(self) -> str:
        """What its scores wait for."""
        return due.reason_of(self.model.model)


async def store_found(conn: Connection, newcomer: Newcomer, found: "Sequence[Total]") -> None:
    """Store scores found in history; each contact stays in its band of the live version if the new one allows it."""
    from leadlight.scoring import batch  # noqa: PLC0415 - loads DuckDB

    model, now_us = newcomer.model.model, newcomer.cut_us
    before = await _standings(conn, newcomer, [each.contact_id for each in found])
    scored = [
        batch.score_of(model, each, before.get(each.contact_id), today=newcomer.cut_day, now_us=now_us)
        for each in found
    ]
    await scoring.store(conn, [score for score, _ in scored])
    await due.store(conn, {(score.contact_id, newcomer.reason): at_us for score, at_us in scored})


async def score_changed(engine: Engine, newcomer: Newcomer, since_xid: int) -> tuple[int, int]:
    """Score again whoever changed in transactions from `since_xid` on; returns where to go on from, and how many."""
    async with engine.db.transaction() as conn:
        next_xid = int(await conn.fetchval("select pg_snapshot_xmin(pg_current_snapshot())::text::bigint"))
        changed = await _changed(conn, newcomer, since_xid)
    for start in range(0, len(changed), AT_ONCE):
        await engine.retrying(partial(_score_in_turn, engine, newcomer, changed[start : start + AT_ONCE]))
    return next_xid, len(changed)


async def score_last(conn: Connection, engine: Engine, newcomer: Newcomer, since_xid: int) -> None:
    """The same for those who are left, inside the transaction that holds the pipeline."""
    changed = await _changed(conn, newcomer, since_xid)
    for start in range(0, len(changed), AT_ONCE):
        await _score(conn, engine, newcomer, changed[start : start + AT_ONCE])


async def announce(conn: Connection, newcomer: Newcomer) -> None:
    """Put contacts back where they stood and wake them: what the new version changes then happens for all to see."""
    moved = await scoring.step_back(conn, newcomer.model.model, newcomer.replaces)
    await due.wake(conn, moved, [newcomer.reason], newcomer.cut_us)


async def _score_in_turn(engine: Engine, newcomer: Newcomer, contact_ids: Sequence[UUID], conn: Connection) -> None:
    await engine.generations.current(conn)
    await _score(conn, engine, newcomer, contact_ids)


async def _score(conn: Connection, engine: Engine, newcomer: Newcomer, contact_ids: Sequence[UUID]) -> None:
    """Score these contacts under the new version alone; nobody hears of it."""
    now_us = await engine.clock.now_us(conn)
    beside = msgspec.structs.replace(await engine.generations.look(conn), models=(newcomer.model,))
    work = await load_contacts(conn, beside, contact_ids, now_us)
    shown = [each for each in work.directory.contacts if work.directory.subjects_of(each)]
    before = await _standings(conn, newcomer, shown)
    scored = [_score_one(work, newcomer, contact_id, before.get(contact_id)) for contact_id in shown]
    gone = work.directory.contacts.keys() - set(shown)
    await scoring.store(conn, [done.score for done in scored])
    await scoring.delete(conn, gone)
    moments: dict[due.Key, int | None] = {
        (done.score.contact_id, newcomer.reason): done.next_change_us for done in scored
    }
    await due.store(conn, moments | {(contact_id, newcomer.reason): None for contact_id in gone})


def _score_one(work: Work, newcomer: Newcomer, contact_id: UUID, before: scoring.Standing | None) -> scoring.Rescored:
    held = scoring.first_score(newcomer.model, contact_id, work.now_us)
    if before:
        held.band, held.band_since_us, held.cool_until_us = before.band, before.since_us, before.cool_until_us
    facts = work.facts(contact_id)
    return scoring.rescore(newcomer.model, held, facts, touched=None, today=work.today, now_us=work.now_us)


async def _standings(conn: Connection, newcomer: Newcomer, contact_ids: Sequence[UUID]) -> dict[UUID, scoring.Standing]:
    """Where contacts stand under the version that is replaced, as far as the new one has that band."""
    if newcomer.replaces is None:
        return {}
    model = newcomer.model.model
    bands = {band.key for band in model.bands}
    held = await scoring.load(conn, contact_ids, [(model.key, newcomer.replaces)])
    return {
        contact_id: scoring.Standing(score.band, score.band_since_us, score.cool_until_us)
        for (contact_id, _), score in held.items()
        if score.band in bands
    }


async def _changed(conn: Connection, newcomer: Newcomer, since_xid: int) -> list[UUID]:
    subjects = await events.subjects_since(conn, since_xid)
    return sorted(await people.changed_since(conn, subjects, since_xid, newcomer.cut_us))
