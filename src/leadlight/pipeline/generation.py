"""A generation: everything published, compiled for the hot path, and the lock that makes a publication a clean cut."""

from collections.abc import Callable, Mapping
from zoneinfo import ZoneInfo

import msgspec

from leadlight import definitions, matching, messaging, people, rules, scoring
from leadlight.events import Event
from leadlight.kit.db import Connection
from leadlight.kit.errors import LeadlightError
from leadlight.pipeline import due

LOCK = 0x1EAD_0001
"""Advisory lock: pipeline transactions hold it shared, whoever moves the generation holds it alone."""


class NotMigrated(LeadlightError):
    """The database has no workspace. Run `leadlight migrate`."""

    code = "not_migrated"
    status = 503


class Generation(msgspec.Struct, frozen=True):
    """All published definitions, compiled. `match` yields (matcher id, measured millionths) for one event."""

    number: int
    zone: ZoneInfo
    fields: people.Fields
    webhooks: tuple[messaging.Webhook, ...]
    matcher_ids: Mapping[str, int]
    keep_hits: Mapping[int, int]
    match: Callable[[Event], list[tuple[int, int | None]]]
    models: tuple[scoring.CompiledModel, ...]

    @property
    def reasons(self) -> list[str]:
        """What moments of contacts are waited for."""
        return [due.reason_of(model.model) for model in self.models]


async def enter(conn: Connection) -> int:
    """Join the present generation for the rest of the transaction; returns its number."""
    await conn.execute("select pg_advisory_xact_lock_shared($1)", LOCK)
    return await _number(conn)


async def hold(conn: Connection) -> None:
    """Wait for running pipeline transactions and keep new ones out until this transaction ends."""
    await conn.execute("select pg_advisory_xact_lock($1)", LOCK)


async def bump(conn: Connection) -> int:
    """Start a new generation: waits for running pipeline transactions, holds new ones until commit."""
    await hold(conn)
    await conn.execute("update workspace set generation = generation + 1")
    return await _number(conn)


async def load(conn: Connection) -> Generation:
    """Compile what is published now. Call inside a transaction that has entered the generation."""
    number = await _number(conn)
    zone = ZoneInfo(await conn.fetchval("select time_zone from workspace"))
    fields = people.read_fields(document.body for document in await definitions.published(conn, "fields"))
    matchers = await matching.registered(conn)
    ids = {matcher.fingerprint: matcher_id for matcher_id, matcher in matchers}
    models = [
        scoring.parse_model(document.body, document.key, document.version, people.types_of(fields))
        for document in await definitions.published(conn, "score-models")
    ]
    return Generation(
        number=number,
        zone=zone,
        fields=fields,
        webhooks=await messaging.load_webhooks(conn),
        matcher_ids=ids,
        keep_hits={matcher_id: matcher.keep_hits for matcher_id, matcher in matchers},
        match=rules.compile_matchers(matchers),
        models=tuple(scoring.compile_model(model, ids) for model in models),
    )


class Generations:
    """The generation a process works with; loaded again when the number in the database has moved."""

    def __init__(self) -> None:
        self._held: Generation | None = None

    async def current(self, conn: Connection) -> Generation:
        """The generation this transaction belongs to; no other begins before it ends."""
        return await self._hold(conn, await enter(conn))

    async def look(self, conn: Connection) -> Generation:
        """The generation this transaction sees, for reading."""
        return await self._hold(conn, await _number(conn))

    def forget(self) -> None:
        """Load again next time: what was loaded may never have been committed."""
        self._held = None

    async def _hold(self, conn: Connection, number: int) -> Generation:
        if self._held is None or self._held.number != number:
            self._held = await load(conn)
        return self._held


async def _number(conn: Connection) -> int:
    number = await conn.fetchval("select generation from workspace")
    if number is None:
        raise NotMigrated
    return int(number)
