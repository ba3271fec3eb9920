"""The doctor: everyone's score recomputed from history and compared with what is live, line by line."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from leadlight import scoring
from leadlight.kit.days import day_of
from leadlight.kit.db import Connection
from leadlight.pipeline import due
from leadlight.pipeline.checks import wrong_with
from leadlight.pipeline.engine import Engine
from leadlight.pipeline.generation import Generation, hold
from leadlight.pipeline.load import read_contacts
from leadlight.pipeline.recompute import open_everything
from leadlight.pipeline.work import Work

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

CHUNK = 5_000
MOST_FINDINGS = 100

Progress = Callable[[int, int], None]


class Finding(msgspec.Struct, frozen=True):
    """Something about a contact's score under a model that is not as history says."""

    contact_id: UUID
    model: str
    what: str


class Patient(msgspec.Struct, frozen=True):
    """One state of the database, seen by PostgreSQL and DuckDB alike."""

    conn: Connection
    duck: "DuckDBPyConnection"
    generation: Generation
    now_us: int
    most: int


async def examine(engine: Engine, progress: Progress | None = None, most: int = MOST_FINDINGS) -> list[Finding]:
    """Compare every line of every contact; at most `most` of what differs, empty when all is well.

    The pipeline is held only while both engines take their snapshot. `progress` hears (contacts done, of how many).
    """
    async with (
        engine.db.transaction(isolation="repeatable_read", readonly=True) as conn,
        AsyncExitStack() as stack,
    ):
        async with engine.db.transaction() as gate:
            await hold(gate)
            generation = await engine.generations.look(conn)
            now_us = await engine.clock.now_us(conn)
            history = open_everything(engine)
            duck = await asyncio.to_thread(history.__enter__)
            stack.push_async_callback(asyncio.to_thread, history.__exit__, None, None, None)
        patient = Patient(conn, duck, generation, now_us, most)
        findings: list[Finding] = []
        for model in generation.models:
            findings += await _examine_model(patient, model, progress)
    return findings[:most]


async def _examine_model(patient: Patient, model: scoring.CompiledModel, progress: Progress | None) -> list[Finding]:
    contact_ids = await asyncio.to_thread(_recompute, patient, model)
    findings: list[Finding] = []
    for done, chunk in enumerate(_chunks(contact_ids)):
        findings += await _examine_chunk(patient, model, chunk)
        if progress:
            progress(min((done + 1) * CHUNK, len(contact_ids)), len(contact_ids))
        if len(findings) > patient.most:
            break
    return findings


def _recompute(patient: Patient, model: scoring.CompiledModel) -> list[UUID]:
    """Fill DuckDB's `lines` under the model; returns all contacts."""
    from leadlight.scoring import batch  # noqa: PLC0415 - loads DuckDB

    generation = patient.generation
    ids = generation.matcher_ids
    asked = {matcher.fingerprint: matcher for matcher in scoring.matchers_of_model(model.model)}
    batch.tally_events(patient.duck, [(ids[fingerprint], matcher) for fingerprint, matcher in asked.items()])
    today = day_of(patient.now_us, generation.zone)
    batch.score_everyone(patient.duck, model, today=today, now_us=patient.now_us, zone=generation.zone, keep_lines=True)
    return [row[0] for row in patient.duck.execute("select contact_id from contacts order by 1").fetchall()]


async def _examine_chunk(patient: Patient, model: scoring.CompiledModel, chunk: Sequence[UUID]) -> list[Finding]:
    from leadlight.scoring import batch  # noqa: PLC0415 - loads DuckDB

    key = model.model.key
    work = await read_contacts(patient.conn, patient.generation, chunk, patient.now_us)
    findings: list[Finding] = []
    statements: list[tuple[UUID, tuple[scoring.Line, ...]]] = []
    for contact_id in chunk:
        statement = scoring.statement(model, work.facts(contact_id), work.today, work.now_us)
        statements.append((contact_id, statement.lines))
        score = work.scores.get((contact_id, key))
        due_us = work.due.get((contact_id, due.reason_of(model.model)))
        if score is None:
            findings.append(Finding(contact_id, key, "there is no stored score"))
        else:
            if due_us is not None and due_us <= work.now_us:  # its moment has come, and will be seen to
                score, due_us = _as_of_now(model, score, work)
            wrong = wrong_with(model, score, statement, due_us, work.now_us)
            findings += [Finding(contact_id, key, what) for what in wrong]
    await asyncio.to_thread(batch.put_lines, patient.duck, statements)
    differences = await asyncio.to_thread(batch.differences, patient.duck, patient.most)
    return findings + [Finding(each.contact_id, key, _tell(each)) for each in differences]


def _as_of_now(model: scoring.CompiledModel, score: scoring.Score, work: Work) -> tuple[scoring.Score, int | None]:
    """The score and its next moment as the pipeline would leave them."""
    facts = work.facts(score.contact_id)
    done = scoring.rescore(model, score, facts, touched=(), is_reshaped=True, today=work.today, now_us=work.now_us)
    return done.score, done.next_change_us


def _tell(difference: "scoring.batch.Difference") -> str:
    side = "live" if difference.is_live else "recomputed"
    place = f"{difference.rule} on {difference.level}, day {difference.day}"
    counts = f"{difference.matched} matched, {difference.counted} counted"
    return f"only {side}: {place}: {counts}, {difference.points_hundredths / 100} points"


def _chunks(contact_ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for start in range(0, len(contact_ids), CHUNK):
        yield contact_ids[start : start + CHUNK]
