"""`leadlight doctor`: checks settings and invariants."""

import os
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from leadlight.cli.options import DataDir, examples, settings_from
from leadlight.cli.progress import bar
from leadlight.kit.config import unknown_variables
from leadlight.kit.errors import LeadlightError

if TYPE_CHECKING:
    from leadlight.app import App
    from leadlight.pipeline import Finding

    Check = Callable[[App], Awaitable[list[str]]]


class Unwell(LeadlightError):
    """Something is wrong. Mend what is listed above and run `leadlight doctor` again."""

    code = "unwell"


def add_to(cli: typer.Typer) -> None:
    """Register the command."""
    cli.command("doctor", epilog=examples("leadlight doctor", "leadlight doctor --repair --data /srv/leadlight"))(
        doctor
    )


def doctor(
    data: DataDir = None,
    repair: Annotated[
        bool, typer.Option("--repair", help="Bring wrong scores and memories back from the stored events.")
    ] = False,
) -> None:
    """Check settings, database and every score against its recomputation from history; exit code 1 with what is wrong."""
    from leadlight.cli.running import run_with_app

    scores = _repair if repair else _scores
    for line in run_with_app(settings_from(data), partial(_examine, checks=CHECKS | {"scores": scores})):
        print(line)


async def _examine(app: "App", checks: "dict[str, Check]") -> list[str]:
    found: list[str] = []
    for name, check in checks.items():
        wrong = await check(app)
        print("\n  ".join([f"{name}: {'wrong' if wrong else 'well'}", *wrong]))
        found += wrong
    if found:
        raise Unwell(found[0] if len(found) == 1 else f"{found[0]}, and {len(found) - 1} more, see above")
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


async def _scores(app: "App") -> list[str]:
    from leadlight import pipeline

    with bar() as show:
        findings = await pipeline.examine(app.engine, partial(show, "Comparing"))
    return _told(findings)


async def _repair(app: "App") -> list[str]:
    from leadlight import pipeline

    with bar() as show:
        count, left = await pipeline.repair(app.engine, partial(show, "Repairing"))
    print(f"repaired: {count} contacts")
    return _told(left)


def _told(findings: "list[Finding]") -> list[str]:
    return [f"contact {one.contact_id}, model {one.model}: {one.what}" for one in findings]


# What is examined, in order; each answers what is wrong, in sentences.
CHECKS: "dict[str, Check]" = {"settings": _settings, "database": _database, "time zone": _time_zone}
