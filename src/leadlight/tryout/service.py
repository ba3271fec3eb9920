"""Scoring files: survey them, deal the lines out to shards, score the shards on all cores, merge the rankings."""

import gc
import heapq
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import date
from itertools import accumulate, islice
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from leadlight.kit.days import day_number, day_of, start_of_day_us
from leadlight.tryout.chunks import CHUNK_BYTES, Chunk, chunks_of
from leadlight.tryout.leads import Lead, leads_of, rank_key
from leadlight.tryout.links import Links
from leadlight.tryout.problems import Problems
from leadlight.tryout.recipe import Recipe
from leadlight.tryout.replay import replay
from leadlight.tryout.shards import Deal, Survey, deal, dealt_lines, survey, write_roots
from leadlight.tryout.sources import Stream, prepare

SHARD_BYTES = 24 << 20
ALONE_BYTES = 6 << 20
"""Files up to this size are scored in this process: starting others would cost more than it saves."""

Result = TypeVar("Result")
Progress = Callable[[str, int, int], None]
"""Called with a step's name, how much of it is done, and how much there is."""


class Request(msgspec.Struct, frozen=True):
    """What to score. `events` are file names, `-` for standard input; `mapping` names columns; `as_of` None: the newest event's day."""

    events: list[str]
    model_key: str
    model: bytes
    contacts: str | None = None
    mapping: Mapping[str, str] = {}
    as_of: date | None = None
    zone: str = "UTC"
    top: int = 0
    reasons: int = 3
    with_statements: bool = False
    with_visitors: bool = False


class Summary(msgspec.Struct):
    """What was scored, and what was left out. `later` counts events after the day asked for."""

    as_of_day: int
    problems: Problems
    events: int = 0
    duplicates: int = 0
    later: int = 0
    contacts: int = 0


class _Scored(msgspec.Struct):
    """A scored shard; its leads are in a file, best first."""

    leads: Path
    problems: Problems
    events: int
    duplicates: int
    later: int
    contacts: int


@contextmanager
def score_files(request: Request, now_us: int, progress: Progress) -> Iterator[tuple[Iterator[Lead], Summary]]:
    """The leads, best first, and the summary. Raises UnreadableFile, UnknownField, InvalidDocument.

    The leads lie in files that are gone when the context ends.
    """
    with TemporaryDirectory(prefix="leadlight-score-") as scratch:
        directory, problems = Path(scratch), Problems()
        progress("read", 0, 1)
        streams = prepare(request.events, request.contacts, request.mapping, directory, problems)
        chunks = chunks_of(streams, CHUNK_BYTES)
        with _executor(sum(chunk.end - chunk.start for chunk in chunks)) as executor:
            run = _Run(executor, progress, directory, streams, chunks)
            surveys = run.survey(now_us)
            recipe = _recipe(request, surveys, now_us)
            scored = run.score(recipe, run.deal(surveys))
        with ExitStack() as files:
            rankings = [files.enter_context(one.leads.open("rb")) for one in scored]
            yield _merged(rankings, request.top), _summary(recipe, problems, scored)


class _Run:
    """The three passes over the chunks."""

    def __init__(
        self, executor: Executor | None, progress: Progress, directory: Path, streams: list[Stream], chunks: list[Chunk]
    ) -> None:
        self._executor = executor
        self._progress = progress
        self._directory = directory
        self._streams = streams
        self._chunks = chunks

    def survey(self, now_us: int) -> list[Survey]:
        """Look at all chunks."""
        parts = [(self._streams, chunk, self._directory, now_us) for chunk in self._chunks]
        return list(self._map("look", survey, parts))

    def deal(self, surveys: list[Survey]) -> int:
        """Write the files of the shards; returns how many there are."""
        links = Links()
        for one in surveys:
            for numbers in one.parties:
                links.add(numbers)
        roots_file = self._directory / "roots"
        write_roots(links, roots_file)
        total = sum(chunk.end - chunk.start for chunk in self._chunks)
        shards = 1 if self._executor is None else max(2 * _cores(), -(-total // SHARD_BYTES))
        plan = Deal(self._streams, self._directory, roots_file, shards)
        firsts = _first_lines(self._chunks, surveys)
        parts = [(plan, chunk, first) for chunk, first in zip(self._chunks, firsts, strict=True)]
        for _ in self._map("deal", deal, parts):
            pass
        return shards

    def score(self, recipe: Recipe, shards: int) -> list[_Scored]:
        """Score all shards."""
        parts = [(recipe, self._streams, self._directory, shard) for shard in range(shards)]
        return list(self._map("score", _score_shard, parts))

    def _map(self, step: str, work: Callable[..., Result], parts: Sequence[tuple[object, ...]]) -> Iterator[Result]:
        self._progress(step, 0, len(parts))
        if not parts:
            return
        columns = list(zip(*parts, strict=True))
        results = map(work, *columns) if self._executor is None else self._executor.map(work, *columns)
        for done, result in enumerate(results, 1):
            self._progress(step, done, len(parts))
            yield result


def _score_shard(recipe: Recipe, streams: list[Stream], directory: Path, shard: int) -> _Scored:
    """Score one shard. The collector of cycles would walk the shard's objects again and again, of which none is garbage."""
    gc.disable()
    try:
        return _scored(recipe, streams, directory, shard)
    finally:
        gc.enable()
        gc.collect()


def _scored(recipe: Recipe, streams: list[Stream], directory: Path, shard: int) -> _Scored:
    replayed = replay(recipe, streams, dealt_lines(streams, directory, shard))
    leads = leads_of(replayed, recipe)
    target = directory / f"leads-{shard}"
    with target.open("wb") as lines:
        lines.writelines(msgspec.json.encode(lead) + b"\n" for lead in leads)
    contacts = sum(one.merged_into is None for one in replayed.owners.directory.contacts.values())
    return _Scored(target, replayed.problems, replayed.events, replayed.duplicates, replayed.later, contacts)


def _recipe(request: Request, surveys: list[Survey], now_us: int) -> Recipe:
    zone = ZoneInfo(request.zone)
    if request.as_of is not None:
        day = day_number(request.as_of)
    else:
        newest_us = max((one.newest_us for one in surveys if one.newest_us is not None), default=now_us)
        day = day_of(newest_us, zone)
    return Recipe(
        key=request.model_key,
        document=request.model,
        zone=request.zone,
        as_of_day=day,
        now_us=min(now_us, start_of_day_us(day + 1, zone) - 1),
        read_us=now_us,
        top=request.top,
        reasons=request.reasons,
        with_statements=request.with_statements,
        with_visitors=request.with_visitors,
    )


def _first_lines(chunks: list[Chunk], surveys: list[Survey]) -> list[int]:
    """The number of each chunk's first line in its stream."""
    firsts: list[int] = []
    for stream in sorted({chunk.stream for chunk in chunks}):
        counts = [one.lines for chunk, one in zip(chunks, surveys, strict=True) if chunk.stream == stream]
        firsts += [first + 1 for first in accumulate([0, *counts[:-1]])]
    return firsts


def _merged(rankings: Sequence[BinaryIO], top: int) -> Iterator[Lead]:
    decode = msgspec.json.Decoder(Lead).decode
    return islice(heapq.merge(*(map(decode, ranking) for ranking in rankings), key=rank_key), top or None)


def _summary(recipe: Recipe, problems: Problems, scored: list[_Scored]) -> Summary:
    summary = Summary(recipe.as_of_day, problems)
    for one in scored:
        summary.problems.include(one.problems)
        summary.events += one.events
        summary.duplicates += one.duplicates
        summary.later += one.later
        summary.contacts += one.contacts
    return summary


@contextmanager
def _executor(total_bytes: int) -> Iterator[Executor | None]:
    """Processes of our own for large files; they begin afresh, as threads and open files are not to be copied."""
    if total_bytes <= ALONE_BYTES or _cores() == 1:
        yield None
        return
    with ProcessPoolExecutor(_cores(), mp_context=get_context("spawn")) as executor:
        yield executor


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
