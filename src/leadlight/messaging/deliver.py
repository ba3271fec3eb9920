"""The loop that hands messages over: claim, mark, hand, store what became of it."""

import asyncio
import os
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Protocol
from uuid import uuid4

import asyncpg
import msgspec
import structlog

from leadlight.kit.clock import Clock
from leadlight.kit.db import AWAY, Connection, Database
from leadlight.kit.errors import LeadlightError
from leadlight.messaging import store
from leadlight.messaging.errors import ClaimLost
from leadlight.messaging.model import Claimed, MessageState, Move, Outcome, Refused, Unclear, move_after
from leadlight.messaging.store import Places

log = structlog.get_logger()

POLL_S = 0.5
GATHER_S = 0.005  # lets several places become free, so that one claim fills them
GRACE_S = 5.0

Mark = Callable[[], Awaitable[None]]


class Channel(Protocol):
    """One way out. `is_repeatable`: the other side recognises a message it has had, so a crash may hand it again."""

    name: str
    is_repeatable: bool

    async def prepare(self, conn: Connection, messages: Sequence[Claimed], now_us: int) -> Mapping[Any, Any]:
        """Inside the claim: message id -> what `hand` needs, or a Refused that ends it without an attempt."""
        ...

    async def hand(self, message: Claimed, prepared: Any, mark: Mark) -> Outcome:
        """Hand over; awaits `mark` right before the part that cannot be taken back."""
        ...

    async def settle(self, conn: Connection, message: Claimed, outcome: Outcome, now_us: int) -> None:
        """What else follows from the outcome, in the transaction that stores it."""
        ...


class Bounds(msgspec.Struct, frozen=True):
    """How much at once, and for how long: an attempt may take `hand_s`, a worker is believed alive for `lease_s`."""

    most_at_once: int = 32
    most_per_target: int = 8
    hand_s: float = 15.0
    lease_s: float = 30.0


DEFAULT_BOUNDS = Bounds()


class Deliverer:
    """Hands over what is due, with bounded concurrency in all and for each target; any number may run."""

    def __init__(
        self, db: Database, clock: Clock, channels: Sequence[Channel], bounds: Bounds = DEFAULT_BOUNDS
    ) -> None:
        self._db = db
        self._clock = clock
        self._channels = {channel.name: channel for channel in channels}
        self._repeatable = [channel.name for channel in channels if channel.is_repeatable]
        self._bounds = bounds
        self._worker = f"{os.getpid()}-{uuid4().hex[:12]}"
        self._taken: Counter[tuple[str, str]] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._look_for_stale_at = 0.0

    async def run_until(self, stop: asyncio.Event) -> None:
        """Deliver until `stop` is set; what is being handed then gets a few seconds to end."""
        while not stop.is_set():
            try:
                started = await self._round()
            except (*AWAY, asyncpg.InterfaceError, LeadlightError) as error:
                log.warning("deliver_waits", error=repr(error))
                started = 0
            except Exception:
                log.exception("deliver_failed")
                started = 0
            if not started:
                await self._rest(stop)
        await self._end()

    async def drain(self) -> int:
        """Deliver all that is due now; returns how many attempts that took."""
        attempts = 0
        while started := await self._round():
            attempts += started
            await asyncio.gather(*self._tasks)
        return attempts

    async def _round(self) -> int:
        """Start handing what there is room for; returns how many."""
        await self._release_stale()
        free = self._bounds.most_at_once - len(self._tasks)
        if free <= 0:
            return 0
        async with self._db.transaction() as conn:
            now_us = await self._clock.now_us(conn)
            places = Places(free, self._bounds.most_per_target, dict(+self._taken))
            claimed = await store.claim(conn, self._worker, list(self._channels), places, now_us)
            prepared = await self._prepare(conn, claimed, now_us)
        for message in claimed:
            if message.id in prepared:
                self._start(message, prepared[message.id])
        return len(claimed)

    async def _prepare(self, conn: Connection, claimed: Sequence[Claimed], now_us: int) -> dict[Any, Any]:
        ready: dict[Any, Any] = {}
        for name, channel in self._channels.items():
            messages = [message for message in claimed if message.channel == name]
            if messages:
                ready.update(await channel.prepare(conn, messages, now_us))
        for message_id in [message_id for message_id, found in ready.items() if isinstance(found, Refused)]:
            move = Move(MessageState.CANCELLED, ready.pop(message_id).error)
            await store.finish(conn, self._worker, message_id, move, now_us)
        return ready

    def _start(self, message: Claimed, prepared: Any) -> None:
        place = (message.channel, message.target)
        task = asyncio.create_task(self._deliver(message, prepared))
        self._taken[place] += 1
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._leave(done, place))

    def _leave(self, task: asyncio.Task[None], place: tuple[str, str]) -> None:
        self._tasks.discard(task)
        self._taken[place] -= 1

    async def _deliver(self, message: Claimed, prepared: Any) -> None:
        try:
            outcome = await self._hand(message, prepared)
            await self._finish(message, outcome)
        except ClaimLost:
            log.warning("message_taken_over", message=str(message.id))
        except Exception:  # the lease runs out, and another attempt follows or a person decides
            log.exception("message_left_behind", message=str(message.id))

    async def _hand(self, message: Claimed, prepared: Any) -> Outcome:
        channel = self._channels[message.channel]
        marked = False

        async def mark() -> None:
            nonlocal marked
            async with self._db.connection() as conn:
                await store.mark_handing(conn, self._worker, message.id)
            marked = True

        try:
            async with asyncio.timeout(self._bounds.hand_s):
                return await channel.hand(message, prepared, mark)
        except TimeoutError:
            error = f"no answer within {self._bounds.hand_s:g} s"
        except (ClaimLost, *AWAY, asyncpg.PostgresError, asyncpg.InterfaceError):
            raise
        except Exception as failure:
            log.exception("message_failed", message=str(message.id))
            error = f"{type(failure).__name__} in Leadlight"
        return Unclear(error) if marked and not channel.is_repeatable else Refused(error)

    async def _finish(self, message: Claimed, outcome: Outcome) -> None:
        async with self._db.transaction() as conn:
            now_us = await self._clock.now_us(conn)
            move = move_after(outcome, message.attempts + 1, now_us, random.random())  # noqa: S311 - spreads load
            await store.finish(conn, self._worker, message.id, move, now_us)
            await self._channels[message.channel].settle(conn, message, outcome, now_us)
        if move.error:
            log.info("message_not_accepted", message=str(message.id), state=move.state, error=move.error)

    async def _release_stale(self) -> None:
        now = asyncio.get_running_loop().time()
        if now < self._look_for_stale_at:
            return
        self._look_for_stale_at = now + self._bounds.lease_s / 5
        async with self._db.transaction() as conn:
            requeued, in_doubt = await store.release_stale(conn, self._bounds.lease_s, self._repeatable)
        if requeued or in_doubt:
            log.warning("messages_left_behind", requeued=requeued, in_doubt=in_doubt)

    async def _rest(self, stop: asyncio.Event) -> None:
        """Wait for a place to become free, for `stop`, or for the next look."""
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({stopping, *self._tasks}, timeout=POLL_S, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.sleep(GATHER_S)
        stopping.cancel()
        with suppress(asyncio.CancelledError):
            await stopping

    async def _end(self) -> None:
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=GRACE_S)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
