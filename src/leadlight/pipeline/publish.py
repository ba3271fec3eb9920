"""Publishing a score model: everyone recomputed from history beside the live scores, then one swap.

From the cut on, the pipeline tallies new matchers too; what lies before is filled in from history. Scores of the new
version grow beside the old until all are there; whoever had events meanwhile is scored again; then the versions swap.
"""

import asyncio
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from leadlight import definitions, matching, people, scoring
from leadlight.definitions import Definition
from leadlight.kit import jobs
from leadlight.kit.days import day_of
from leadlight.kit.db import Connection
from leadlight.kit.errors import Conflict
from leadlight.pipeline import catch_up, due, generation
from leadlight.pipeline.catch_up import Newcomer
from leadlight.pipeline.engine import Engine
from leadlight.pipeline.fill import Filling, fill_memories
from leadlight.pipeline.recompute import open_everything

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MODELS = "score-models"
PUBLISH = "publish-score-model"
PUBLISHING_LOCK = 0x1EAD_0003
AT_ONCE = 5_000
ROUNDS = 5
FEW = 500


class Publication(msgspec.Struct, frozen=True):
    """What is being published. `announce`: whoever enters the sales-ready band by it is handed over."""

    definition: Definition
    newcomer: Newcomer
    filling: Filling
    zone: ZoneInfo
    announce: bool


async def publish_model(conn: Connection, definition: Definition, *, announce: bool = False) -> UUID | None:
    """Publish at once while nobody is there to be scored; else leave it to a job, whose id is returned."""
    await generation.hold(conn)
    if await people.is_empty(conn):
        model = scoring.parse_model(definition.body, definition.key, definition.version, None)
        await matching.go_live(conn, (await matching.register(conn, scoring.matchers_of_model(model))).values())
        return None
    arguments = {
        "key": definition.key,
        "version": definition.version,
        "etag": definition.etag,
        "announce": announce,
    }
    return await jobs.enqueue(conn, PUBLISH, arguments)


async def archive_model(conn: Connection, definition: Definition) -> None:
    """Forget everyone's score under an archived model."""
    await generation.hold(conn)
    await _forget(conn, definition.key, definition.version)


def register_jobs(registry: jobs.Jobs[Engine]) -> None:
    """The jobs of this package."""
    registry.register(PUBLISH, run_publication)


async def run_publication(job: jobs.Job, engine: Engine) -> dict[str, object]:
    """Recompute everyone, then swap; starts from the beginning after a crash. One at a time for all models."""
    async with engine.db.transaction() as turn:
        await turn.execute("select pg_advisory_xact_lock($1)", PUBLISHING_LOCK)
        publication = await _cut(engine, job)
        try:
            contacts = await _recompute(job, engine, publication)
            await _swap(engine, publication)
        except Exception:
            engine.generations.forget()  # it may have been loaded where the new version was the published one
            await _undo(engine, publication)
            raise
        await _clean_up(engine, publication)
    return {"contacts": contacts, "version": publication.definition.version}


async def _cut(engine: Engine, job: jobs.Job) -> Publication:
    """Register what is new and start the generation that tallies it; everything before is in history."""
    key, version = str(job.arguments["key"]), int(str(job.arguments["version"]))
    async with engine.db.transaction() as conn:
        await generation.bump(conn)
        definition = await definitions.read(conn, MODELS, key, version)
        if definition.state is definitions.State.PUBLISHED:
            raise Conflict(f"version {version} of {MODELS}/{key} is published already")
        if definition.etag != job.arguments["etag"]:
            raise Conflict(f"{MODELS}/{key} was changed after it was to be published; publish it again")
        now = await generation.load(conn)  # not to be kept: it does not know the new matchers yet
        model = scoring.parse_model(definition.body, key, version, people.types_of(now.fields))
        asked = {matcher.fingerprint: matcher for matcher in scoring.matchers_of_model(model)}
        ids = await matching.register(conn, asked.values())
        cut_xid = int(await conn.fetchval("select pg_current_xact_id()::text::bigint"))
        cut_us = await engine.clock.now_us(conn)
        new_ids = frozenset(matcher_id for matcher_id, _ in await matching.filling(conn)) & set(ids.values())
        live = {each.key: each.version for each in await definitions.published(conn, MODELS)}
        await _forget(conn, key, version)
    return Publication(
        definition=definition,
        newcomer=Newcomer(scoring.compile_model(model, ids), live.get(key), cut_xid, cut_us, day_of(cut_us, now.zone)),
        filling=Filling(cut_xid, cut_us, tuple((ids[each], matcher) for each, matcher in asked.items()), new_ids),
        zone=now.zone,
        announce=bool(job.arguments.get("announce")),
    )


async def _recompute(job: jobs.Job, engine: Engine, publication: Publication) -> int:
    """Fill memories and score everyone as of the cut; returns how many contacts."""
    await job.progress(0, None, "Reading history")
    history = open_everything(engine, publication.filling.cut_xid)
    duck = await asyncio.to_thread(history.__enter__)
    try:
        await asyncio.to_thread(_compute, publication, duck)
        await fill_memories(job, engine, publication.filling, duck)
        return await _store_scores(job, engine, publication, duck)
    finally:
        await asyncio.to_thread(history.__exit__, None, None, None)


def _compute(publication: Publication, duck: "DuckDBPyConnection") -> None:
    from leadlight.scoring import batch  # noqa: PLC0415 - loads DuckDB

    zone, now_us = publication.zone, publication.filling.cut_us
    batch.tally_events(duck, publication.filling.matchers)
    batch.score_everyone(duck, publication.newcomer.model, today=day_of(now_us, zone), now_us=now_us, zone=zone)


async def _store_scores(job: jobs.Job, engine: Engine, publication: Publication, duck: "DuckDBPyConnection") -> int:
    from leadlight.scoring import batch  # noqa: PLC0415 - loads DuckDB

    [(total,)] = duck.execute("select count(*) from totals").fetchall()
    chunks = batch.totals(duck, AT_ONCE)
    done = 0
    while found := await asyncio.to_thread(next, chunks, None):
        async with engine.db.transaction() as conn:
            await catch_up.store_found(conn, publication.newcomer, found)
        done += len(found)
        await job.progress(done, total, "Scoring everyone")
    return done


async def _swap(engine: Engine, publication: Publication) -> None:
    """Score again whoever changed since the cut, and make the new version the live one."""
    newcomer = publication.newcomer
    since_xid = newcomer.cut_xid
    for _ in range(ROUNDS):
        since_xid, count = await catch_up.score_changed(engine, newcomer, since_xid)
        if count < FEW:
            break
    async with engine.db.transaction() as conn:
        await definitions.mark_published(conn, publication.definition, await engine.clock.now_us(conn))
        await generation.hold(conn)
        await catch_up.score_last(conn, engine, newcomer, since_xid)
        await matching.go_live(conn, publication.filling.new_ids)
        if publication.announce:
            await catch_up.announce(conn, newcomer)
        await generation.bump(conn)


async def _undo(engine: Engine, publication: Publication) -> None:
    """Leave nothing of a publication that did not happen; matchers nobody asks for go with the next clean-up."""
    async with engine.db.transaction() as conn:
        await _forget(conn, publication.definition.key, publication.definition.version)


async def _clean_up(engine: Engine, publication: Publication) -> None:
    """Drop the scores of the replaced version, and matchers that no published model asks for any more."""
    async with engine.db.transaction() as conn:
        if publication.newcomer.replaces is not None:
            await _forget(conn, publication.definition.key, publication.newcomer.replaces)
    async with engine.db.transaction() as conn:
        await generation.bump(conn)
        models = (await generation.load(conn)).models
        asked = {matcher.fingerprint for model in models for matcher in scoring.matchers_of_model(model.model)}
        await matching.keep_only(conn, asked)


async def _forget(conn: Connection, key: str, version: int) -> None:
    await scoring.forget_version(conn, key, version)
    await due.forget(conn, f"{key}@{version}")
