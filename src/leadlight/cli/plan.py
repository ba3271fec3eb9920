"""`leadlight plan`: what the files of a directory would change."""

from typing import TYPE_CHECKING, Annotated

import typer

from leadlight.cli.definition_files import Directory, Prune, counts, print_plan, run_on_files
from leadlight.cli.options import DataDir, examples

if TYPE_CHECKING:
    from leadlight.app import App
    from leadlight.definitions import Plan


def add_to(cli: typer.Typer) -> None:
    """Register the command."""
    cli.command("plan", epilog=examples("leadlight plan config", "leadlight plan config --check"))(plan)


def plan(
    directory: Directory,
    prune: Prune = False,
    check: Annotated[bool, typer.Option("--check", help="Exit with 1 when anything would change (for CI).")] = False,
    data: DataDir = None,
) -> None:
    """Show what `apply` would change. Changes nothing."""

    async def make(app: "App") -> "Plan":
        from leadlight import definitions

        files = definitions.read_files(directory, app.definitions.names)
        async with app.db.transaction(readonly=True, isolation="repeatable_read") as conn:
            return await definitions.plan(conn, app.definitions, files, prune=prune)

    made = run_on_files(data, make)
    print_plan(made)
    if made.steps:
        print(f"\n{counts(made)}. `leadlight apply {directory}` does it.")
    if check and made.steps:
        raise typer.Exit(1)
