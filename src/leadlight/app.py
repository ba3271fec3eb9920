"""Composition root: the one place that knows all parts and hands them to the entry points."""

from datetime import datetime
from pathlib import Path

from leadlight.access import ApiKeys
from leadlight.events import Intake, Sealer
from leadlight.kit.clock import Clock, DatabaseClock, SystemClock
from leadlight.kit.config import Settings
from leadlight.kit.days import to_us
from leadlight.kit.db import Database
from leadlight.kit.jobs import Jobs
from leadlight.kit.workspace import Workspace, load_workspace
from leadlight.migrations import SchemaBehind, is_current


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
        self.jobs: Jobs[App] = Jobs(db)

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
        return cls(settings, db, workspace, clock)

    async def close(self) -> None:
        """Give everything back; what runs must have been stopped before."""
        await self.intake.close()
        await self.db.close()


async def _clock(settings: Settings, db: Database) -> Clock:
    if not settings.test_clock:
        return SystemClock()
    clock = DatabaseClock()
    async with db.transaction() as conn:
        await clock.start(conn, to_us(datetime.fromisoformat(settings.test_clock)))
    return clock
