"""`leadlight apply`: publish what the files of a directory say."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from leadlight.cli.definition_files import Directory, Prune, counts, print_plan, run_on_files
from leadlight.cli.options import DataDir, examples
from leadlight.cli.progress import bar

if TYPE_CHECKING:
    from leadlight.app import App
    from leadlight.definitions import Plan, Publication, SourceFile
    from leadlight.kit.jobs import JobState

GLANCE_SECONDS = 0.25


def add_to(cli: typer.Typer) -> None:
    """Register the command."""
    cli.command("apply", epilog=examples("leadlight apply config --comment 'New thresholds'"))(apply)


def apply(
    directory: Directory,
    prune: Prune = False,
    comment: Annotated[str, typer.Option(help="Why, for the history.")] = "",
    data: DataDir = None,
) -> None:
    """Publish what the files say: all of it, or nothing when anything is wrong. Again, it changes nothing."""

    async def carry_out(app: "App") -> "Plan":
        from leadlight import definitions

        files = definitions.read_files(directory, app.definitions.names)
        made, publications = await _apply(app, files, comment, prune=prune)
        print_plan(made)
        for publication in publications:
            await _wait_for_job(app, publication)
        return made

    made = run_on_files(data, carry_out)
    if made.steps:
        print(f"\n{counts(made)}. Done.")


async def _apply(
    app: "App", files: "list[SourceFile]", comment: str, *, prune: bool
) -> "tuple[Plan, list[Publication]]":
    from leadlight import definitions

    as_whom = definitions.ApplyAs("command line", comment, prune)
    async with app.db.transaction() as conn:
        now_us = await app.clock.now_us(conn)
        return await definitions.apply(conn, app.definitions, files, as_whom, now_us)


async def _wait_for_job(app: "App", publication: "Publication") -> None:
    """Show the progress of a publication. The job is done here unless a server has taken it."""
    from leadlight.definitions import UnfinishedPublication

    if publication.job is None:
        return
    name = f"{publication.definition.kind}/{publication.definition.key}"
    print(f"publishing {name} ...")
    stop = asyncio.Event()
    working = asyncio.create_task(app.jobs.run_until(stop, app.engine))
    try:
        job = await _watch(app, publication)
    finally:
        stop.set()
        await working
    if job.state != "done":
        raise UnfinishedPublication(f"{name}: {job.state}, {job.error or 'no reason given'}")


async def _watch(app: "App", publication: "Publication") -> "JobState":
    from leadlight.kit.jobs import job_state

    assert publication.job is not None
    with bar() as show:
        while True:
            async with app.db.connection() as conn:
                job = await job_state(conn, publication.job)
            if job.state not in {"queued", "running"}:
                return job
            show(job.step, job.done, job.total or 0)
            await asyncio.sleep(GLANCE_SECONDS)
