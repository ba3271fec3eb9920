"""What `plan`, `apply` and `pull` share: their options, and how they tell what changes and what is wrong."""

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from leadlight.cli.options import settings_from

if TYPE_CHECKING:
    from leadlight.app import App
    from leadlight.definitions import Plan

Result = TypeVar("Result")

Directory = Annotated[
    Path, typer.Argument(metavar="DIR", help="Directory with <kind>/<key>.yaml in it.", show_default=False)
]
Prune = Annotated[bool, typer.Option("--prune", help="Archive published definitions that have no file.")]

SIGNS = {"add": "+", "change": "~", "archive": "-"}
MOST_CHANGES = 40


def run_on_files(data: Path | None, use: "Callable[[App], Awaitable[Result]]") -> Result:
    """Run on the application; problems with files are printed one a line."""
    from leadlight.cli.running import run_with_app
    from leadlight.definitions import UnusableFiles

    try:
        return run_with_app(settings_from(data), use)
    except UnusableFiles as unusable:
        for complaint in unusable.complaints:
            print(complaint, file=sys.stderr)
        count = len(unusable.complaints)
        print(f"leadlight: {count} problem{'s' if count > 1 else ''}; nothing was changed.", file=sys.stderr)
        raise typer.Exit(1) from None


def print_plan(made: "Plan") -> None:
    """One line a definition, and below it what changes."""
    for step in made.steps:
        print(f"{SIGNS[step.action]} {step.name}")
        if step.action == "change":
            for change in step.changes[:MOST_CHANGES]:
                print(f"    {change}")
            if len(step.changes) > MOST_CHANGES:
                print(f"    ... and {len(step.changes) - MOST_CHANGES} more changes")
    if made.unlisted:
        print(f"{len(made.unlisted)} published without a file, left as they are: {', '.join(made.unlisted)}")
    if not made.steps:
        print("No changes.")


def counts(made: "Plan") -> str:
    """How much it adds, changes, archives."""
    from leadlight.definitions import Action

    return (
        f"{made.count(Action.ADD)} to add, {made.count(Action.CHANGE)} to change,"
        f" {made.count(Action.ARCHIVE)} to archive"
    )
