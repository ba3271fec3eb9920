"""Filling memories with what new matchers would have tallied before the cut."""

import asyncio
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from leadlight import events, matching, people
from leadlight.events import Event
from leadlight.kit.db import Connection
from leadlight.kit.jobs import Job
from leadlight.matching import Memory
from leadlight.pipeline.decide import tally_event
from leadlight.pipeline.engine import Engine
from leadlight.pipeline.generation import Generation
from leadlight.rules import Matcher

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

AT_ONCE = 5_000


class Filling(msgspec.Struct, frozen=True):
    """Transactions before `cut_xid` are history's, later ones have tallied all `matchers` themselves; `new_ids` are to be filled."""

    cut_xid: int
    cut_us: int
    matchers: tuple[tuple[int, Matcher], ...]
    new_ids: frozenset[int]


async def fill_memories(job: Job, engine: Engine, filling: Filling, duck: "DuckDBPyConnection") -> None:
    """Put DuckDB's tallies of the new matchers into the memories of their subjects, in chunks."""
    from leadlight.scoring import batch  # noqa: PLC0415 - loads DuckDB

    if not filling.new_ids:
        return
    found = batch.memories(duck, filling.new_ids)
    done = 0
    while chunk := await asyncio.to_thread(_take, found):
        await engine.retrying(partial(_fill, engine, filling, dict(chunk)))
        done += len(chunk)
        await job.progress(done, None, "Filling in new behaviours")


async def _fill(engine: Engine, filling: Filling, found: dict[UUID, Memory], conn: Connection) -> None:
    """Memory = history before the cut + events since; set, not added, so that it may be done again."""
    generation = await engine.generations.current(conn)
    directory = await people.load_directory(conn, subject_ids=found.keys(), fields=generation.fields)
    moved = await people.moved_since(conn, found.keys(), filling.cut_us)
    memories = await matching.load(conn, found.keys())
    later = await events.of_subjects(conn, list(found.keys() - moved), filling.cut_xid)
    all_of_moved = await events.of_subjects(conn, list(moved))
    for subject_id, memory in found.items():
        held = memories.setdefault(subject_id, {})
        for matcher_id in filling.new_ids:
            held.pop(matcher_id, None)
        if subject_id not in moved:
            held.update(memory)
    _tally_again(generation, filling, directory, memories, [*later, *all_of_moved])
    await matching.store(conn, {subject_id: memories[subject_id] for subject_id in found})


def _tally_again(
    generation: Generation,
    filling: Filling,
    directory: people.Directory,
    memories: dict[UUID, Memory],
    happened: Sequence[Event],
) -> None:
    for event in happened:
        stages = directory.contact(directory.subjects[event.subject_id].contact_id).stages
        tally_event(generation, memories[event.subject_id], event, stages, only=filling.new_ids)


def _take(found: Iterator[tuple[UUID, Memory]]) -> list[tuple[UUID, Memory]]:
    return list(islice(found, AT_ONCE))
