"""`leadlight pull`: what is published, as files."""

from typing import TYPE_CHECKING, Annotated

import typer

from leadlight.cli.definition_files import Directory, run_on_files
from leadlight.cli.options import DataDir, examples

if TYPE_CHECKING:
    from leadlight.app import App
    from leadlight.definitions import Pulled


def add_to(cli: typer.Typer) -> None:
    """Register the command."""
    cli.command("pull", epilog=examples("leadlight pull config"))(pull)


def pull(
    directory: Directory,
    prune: Annotated[bool, typer.Option("--prune", help="Remove files of definitions that are not published.")] = False,
    data: DataDir = None,
) -> None:
    """Write what is published into files. A file that says the same already stays as it is, with its comments."""

    async def write(app: "App") -> "Pulled":
        from leadlight import definitions

        async with app.db.connection() as conn:
            published = await definitions.published(conn)
        return definitions.write_files(directory, published, app.definitions.names)

    pulled = run_on_files(data, write)
    for path in pulled.written:
        print(f"written  {path}")
    for path in pulled.strangers:
        if prune:
            path.unlink()
        print(f"{'removed' if prune else 'kept'}  {path}: nothing of that name is published")
    print(f"{len(pulled.written)} written, {len(pulled.same)} unchanged.")
