"""Composition root: the one place that knows all parts and hands them to the entry points."""

from datetime import datetime
from pathlib import Path

from leadlight import definitions, messaging, scoring
from leadlight.access import ApiKeys
from leadlight.events import Intake, Sealer
from leadlight.kinds import KINDS
from leadlight.kit.clock import Clock, DatabaseClock, SystemClock
from leadlight.kit.config import Settings
from leadlight.kit.days import to_us
from leadlight.kit.db import Database
from leadlight.kit.guarded_http import guarded_client
from leadlight.kit.jobs import Jobs
from leadlight.kit.workspace import Workspace, load_workspace
from leadlight.migrations import SchemaBehind, is_current
from leadlight.pipeline import Engine, bump, register_jobs

# What is there before anybody has defined anything: kind -> a function that gives the documents by key.
DEFAULTS = {"score-models": lambda: {"default": scoring.default_model()}}


class App:
    """What one process works with; open it with `App.open` and close it when done."""

    def __init__(self, settings: Settings, db: Database, workspace: Workspace, clock: Clock) -> None:
        self.settings = settings
        self.db = db
        self.workspace = workspace
        self.clock = clock
        self.keys = ApiKeys(db)
        self.intake = Intake(db)
        self.sealer = Sealer(db, Path(settings.history))
        self.definitions = definitions.Registry(KINDS, on_change=bump)
        self.engine = Engine(db, clock, Path(settings.history))
        self.http = guarded_client(settings.webhook_allow)
        self.deliverer = messaging.Deliverer(db, clock, [self._webhooks()])
        self.jobs: Jobs[Engine] = Jobs(db)
        register_jobs(self.jobs)

    def _webhooks(self) -> messaging.WebhookChannel:
        return messaging.WebhookChannel(
            self.http,
            load=messaging.load_webhooks,
            disable=lambda conn, key, reason, now_us: messaging.disable_webhook(
                conn, self.definitions, key, reason, now_us
            ),
        )

    @classmethod
    async def open(cls, settings: Settings) -> "App":
        """Connect and compose; raises SchemaBehind when the database was not migrated."""
        db = await Database.open(settings)
        try:
            return await cls.on(settings, db)
        except BaseException:
            await db.close()
            raise

    @classmethod
    async def on(cls, settings: Settings, db: Database) -> "App":
        """Compose on a database that is open already; closing the app closes it too."""
        async with db.connection() as conn:
            if not await is_current(conn):
                raise SchemaBehind
            workspace = await load_workspace(conn)
            clock = await _clock(settings, db)
        app = cls(settings, db, workspace, clock)
        async with db.transaction() as conn:
            now_us = await clock.now_us(conn)
            await definitions.ensure_defaults(conn, app.definitions, DEFAULTS, now_us)
        return app

    async def close(self) -> None:
        """Give everything back; what runs must have been stopped before."""
        await self.intake.close()
        await self.http.aclose()
        await self.db.close()


async def _clock(settings: Settings, db: Database) -> Clock:
    """A clock for tests holds for every process on its database, commands beside a running server included."""
    clock = DatabaseClock()
    async with db.transaction() as conn:
        if settings.test_clock:
            await clock.start(conn, to_us(datetime.fromisoformat(settings.test_clock)))
        elif not await clock.is_set(conn):
            return SystemClock()
    return clock
