"""`leadlight doctor`: checks settings and invariants."""

import os
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import typer

from leadlight.cli.options import DataDir, examples, settings_from
from leadlight.kit.config import unknown_variables
from leadlight.kit.errors import LeadlightError

if TYPE_CHECKING:
    from leadlight.app import App

    Check = Callable[[App], Awaitable[list[str]]]


class Unwell(LeadlightError):
    """Something is wrong. Mend what is listed above and run `leadlight doctor` again."""

    code = "unwell"


def add_to(cli: typer.Typer) -> None:
    """Register the command."""
    cli.command("doctor", epilog=examples("leadlight doctor", "leadlight doctor --data /srv/leadlight"))(doctor)


def doctor(data: DataDir = None) -> None:
    """Check the database's settings, the schema and our own settings; exit code 1 with what is wrong."""
    from leadlight.cli.running import run_with_app

    for line in run_with_app(settings_from(data), _examine):
        print(line)


async def _examine(app: "App") -> list[str]:
    found: list[str] = []
    for name, check in CHECKS.items():
        wrong = await check(app)
        print(f"{name}: {'wrong' if wrong else 'well'}")
        found += wrong
    if found:
        raise Unwell("; ".join(found))
    return ["All is well."]


async def _settings(_: "App") -> list[str]:
    return [f"{name} is set, but there is no such setting" for name in unknown_variables(os.environ)]


async def _database(app: "App") -> list[str]:
    from leadlight.kit.db import refuse_unsafe

    async with app.db.connection() as conn:
        try:
            await refuse_unsafe(conn)
        except LeadlightError as error:
            return [error.detail]
    return []


async def _time_zone(app: "App") -> list[str]:
    ours, kept = app.settings.time_zone, app.workspace.zone.key
    if "LEADLIGHT_TIME_ZONE" in os.environ and ours != kept:
        return [f"LEADLIGHT_TIME_ZONE is {ours}, but the workspace keeps {kept}, in which it was created"]
    return []


# What is examined, in order; each answers what is wrong, in sentences.
CHECKS: "dict[str, Check]" = {"settings": _settings, "database": _database, "time zone": _time_zone}
