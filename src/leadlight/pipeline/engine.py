"""The engine: load -> decide -> store in one transaction, for arrivals, for changes by hand, and for time."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import asyncpg
import structlog

from leadlight import events, handoff, people
from leadlight.events import Incoming
from leadlight.kit.clock import Clock
from leadlight.kit.days import SECOND_US, day_of
from leadlight.kit.db import AWAY, Connection, Database
from leadlight.kit.errors import Unavailable
from leadlight.kit.jobs import is_open
from leadlight.pipeline import due
from leadlight.pipeline.decide import decide, decide_command, decide_report, decide_time
from leadlight.pipeline.generation import Generation, Generations
from leadlight.pipeline.load import load_arrivals, load_commands, load_contacts, load_history
from leadlight.pipeline.store import store
from leadlight.pipeline.work import NeedsHistory, Work

log = structlog.get_logger()
Result = TypeVar("Result")

RELIVING = "relive"
"""Kind of the job that lives through a past (the demo's). While one is open, time passes only there."""

Slice = tuple[int, Sequence[Incoming]]
"""Arrivals, and the moment in microseconds as of which they are processed."""

BATCH = 1000
CLOCKS = 4
"""How many processes can pass time beside each other; more than these find nobody free."""
MAX_TRIES = 6
MAX_ATTEMPTS = 3
PUT_OFF_US = 3_600 * SECOND_US
"""After how long a contact that could not be scored is tried again."""
RACES = (people.IdentityRace, asyncpg.DeadlockDetectedError, asyncpg.SerializationError, asyncpg.UniqueViolationError)


class Engine:
    """One process's hold on the pipeline; `history` is where the history files are."""

    def __init__(self, db: Database, clock: Clock, history: Path) -> None:
        self.db = db
        self.clock = clock
        self.history = history
        self.generations = Generations()

    async def process(self, arrivals: Sequence[Incoming], now_us: int | None = None) -> None:
        """Process arrivals in their order, as of `now_us` (default: now), in one transaction."""
        await self.retrying(lambda conn: self._process(conn, arrivals, now_us))

    async def process_waiting(self, lanes: int = 1, limit: int = BATCH) -> int:
        """Take up to `limit` waiting events of free shards (a share of 1/`lanes`) through the pipeline; returns how many.

        When deciding fails, smaller batches find the event that cannot be processed; after MAX_ATTEMPTS it is set aside.
        """
        while True:
            taken = await self._try_waiting(lanes, limit)
            if isinstance(taken, int):
                return taken
            if len(taken.rows) == 1:
                async with self.db.transaction() as conn:
                    await self._blame(conn, taken)
                return 1
            limit = len(taken.rows) // 2

    async def pass_time(self, limit: int = BATCH) -> int:
        """Bring up to `limit` contacts whose moment has come up to now; returns how many, without those others work on."""
        while True:
            found = await self._try_time(limit)
            if isinstance(found, int):
                return found
            if len(found.contact_ids) == 1:
                await self._put_off(found)
                return 1
            limit = len(found.contact_ids) // 2

    async def relive(self, slices: Sequence[Slice]) -> None:
        """Process arrivals of the past, oldest slice first, each as of its own moment, in one transaction."""
        await self.retrying(lambda conn: self._relive(conn, slices))

    async def look_at(self, contact_ids: Sequence[UUID]) -> None:
        """Bring the scores of these contacts up to now."""
        await self.retrying(lambda conn: self._look_at(conn, contact_ids))

    async def change(self, commands: Sequence[people.Command]) -> list[people.Resolution]:
        """Apply changes made by hand, scores included, all or nothing; the results are in order."""
        return await self.retrying(lambda conn: self._change(conn, commands))

    async def answer(self, hand_off_id: UUID, given: handoff.Answer, author: str) -> handoff.HandOff:
        """Record what sales says about a hand-off. Raises UnknownHandOff, MoveNotAllowed, ReasonMissing."""
        return await self.retrying(lambda conn: self._answer(conn, hand_off_id, given, author))

    async def _process(self, conn: Connection, arrivals: Sequence[Incoming], now_us: int | None) -> None:
        await self._take_in(conn, await self.generations.current(conn), arrivals, now_us)

    async def _take_in(
        self, conn: Connection, generation: Generation, arrivals: Sequence[Incoming], now_us: int | None
    ) -> None:
        at_us = await self.clock.now_us(conn) if now_us is None else now_us

        async def load() -> Work:
            return await load_arrivals(conn, generation, arrivals, at_us)

        await _decide_and_store(conn, load, lambda work: decide(work, arrivals))

    async def _try_waiting(self, lanes: int, limit: int) -> "int | Poisoned":
        try:
            return await self.retrying(lambda conn: self._process_waiting(conn, lanes, limit))
        except Poisoned as poisoned:
            return poisoned

    async def _process_waiting(self, conn: Connection, lanes: int, limit: int) -> int:
        generation = await self.generations.current(conn)
        taken = await events.take(conn, await events.free_shards(conn, lanes), limit)
        if not taken:
            return 0
        try:
            await self._take_in(conn, generation, [arrival for _, _, arrival in taken], None)
        except (*RACES, *AWAY):
            raise
        except Exception as error:
            raise Poisoned(taken) from error
        await events.finish(conn, [row_id for row_id, _, _ in taken])
        return len(taken)

    async def _blame(self, conn: Connection, poisoned: "Poisoned") -> None:
        row_id, attempts, arrival = poisoned.rows[0]
        log.error("event_failed", event_id=str(arrival.id), attempt=attempts + 1, exc_info=poisoned.__cause__)
        if attempts + 1 < MAX_ATTEMPTS:
            await events.note_attempt(conn, [row_id])
            return
        now_us = await self.clock.now_us(conn)
        await events.set_aside(conn, [(arrival, repr(poisoned.__cause__))], now_us)
        await events.finish(conn, [row_id])

    async def _pass_time(self, conn: Connection, limit: int) -> int:
        if await is_open(conn, RELIVING):
            return 0
        generation = await self.generations.current(conn)
        now_us = await self.clock.now_us(conn)
        fallen = await due.fallen(conn, generation.reasons, now_us, limit * CLOCKS)
        if mine := await people.lock_free(conn, fallen, limit):
            try:
                await self._bring_up_to_now(conn, generation, mine, now_us)
            except (*RACES, *AWAY):
                raise
            except Exception as error:
                raise Unscorable(mine) from error
        return len(mine)

    async def _try_time(self, limit: int) -> "int | Unscorable":
        try:
            return await self.retrying(lambda conn: self._pass_time(conn, limit))
        except Unscorable as found:
            return found

    async def _put_off(self, found: "Unscorable") -> None:
        """Look at a contact that cannot be scored again later, so that time goes on for all others."""
        log.error("contact_failed", contact_ids=list(map(str, found.contact_ids)), exc_info=found.__cause__)
        async with self.db.transaction() as conn:
            await due.put_off(conn, found.contact_ids, await self.clock.now_us(conn), PUT_OFF_US)

    async def _relive(self, conn: Connection, slices: Sequence[Slice]) -> None:
        generation = await self.generations.current(conn)
        arrivals = [arrival for _, part in slices for arrival in part]

        async def load() -> Work:
            return await load_arrivals(conn, generation, arrivals, slices[0][0])

        def decide_all(work: Work) -> None:
            for at_us, part in slices:
                work.now_us, work.today = at_us, day_of(at_us, generation.zone)
                decide(work, part)

        await _decide_and_store(conn, load, decide_all)

    async def _look_at(self, conn: Connection, contact_ids: Sequence[UUID]) -> None:
        generation = await self.generations.current(conn)
        await self._bring_up_to_now(conn, generation, contact_ids, await self.clock.now_us(conn))

    async def _bring_up_to_now(
        self, conn: Connection, generation: Generation, contact_ids: Sequence[UUID], now_us: int
    ) -> None:
        async def load() -> Work:
            return await load_contacts(conn, generation, contact_ids, now_us)

        await _decide_and_store(conn, load, lambda work: decide_time(work, contact_ids))

    async def _change(self, conn: Connection, commands: Sequence[people.Command]) -> list[people.Resolution]:
        generation = await self.generations.current(conn)
        now_us = await self.clock.now_us(conn)
        results: list[people.Resolution] = []

        async def load() -> Work:
            return await load_commands(conn, generation, commands, now_us)

        def decide_all(work: Work) -> None:
            results[:] = [decide_command(work, command) for command in commands]

        await _decide_and_store(conn, load, decide_all)
        return results

    async def _answer(self, conn: Connection, hand_off_id: UUID, given: handoff.Answer, author: str) -> handoff.HandOff:
        generation = await self.generations.current(conn)
        now_us = await self.clock.now_us(conn)
        answered = await handoff.answer(conn, hand_off_id, given, generation.webhooks, now_us)
        hand_off, kind = answered.hand_off, answered.event

        async def load() -> Work:
            return await load_contacts(conn, generation, [hand_off.contact_id], now_us)

        if kind is not None:
            told = {"hand_off": str(hand_off.id), "model": hand_off.model, "by": author, "reason": hand_off.reason}
            contact_id = hand_off.contact_id
            await _decide_and_store(conn, load, lambda work: decide_report(work, contact_id, kind, told))
        return hand_off

    async def retrying(self, run: Callable[[Connection], Awaitable[Result]]) -> Result:
        """Run in a transaction; when another one was faster (a race, a deadlock), again with fresh facts."""
        for attempt in range(MAX_TRIES):
            try:
                async with self.db.transaction() as conn:
                    return await run(conn)
            except RACES as race:
                log.info("batch_retried", race=repr(race), attempt=attempt)
                await asyncio.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311 - spreads retries, hides nothing
        raise Unavailable("others keep changing the same people; try again in a moment")


class Poisoned(Exception):
    """A batch could not be decided or stored."""

    def __init__(self, rows: list[tuple[int, int, Incoming]]) -> None:
        super().__init__()
        self.rows = rows


class Unscorable(Exception):
    """Contacts whose scores could not be brought up to now."""

    def __init__(self, contact_ids: Sequence[UUID]) -> None:
        super().__init__()
        self.contact_ids = contact_ids


async def _decide_and_store(
    conn: Connection, load: Callable[[], Awaitable[Work]], decide_work: Callable[[Work], None]
) -> None:
    work = await load()
    history: set[UUID] = set()
    while True:
        try:
            decide_work(work)
            break
        except NeedsHistory as needs:
            history |= needs.subject_ids
            work = await load()
            await load_history(conn, work, history)
    await store(conn, work)
