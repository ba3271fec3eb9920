"""`leadlight reference`: the generated reference pages; a test fails when docs/reference has other ones."""

from dataclasses import fields
from typing import Annotated, Any, Literal, get_args

import typer

from leadlight.kit.config import Settings, variable


def add_to(cli: typer.Typer) -> None:
    """Register the command."""
    cli.command("reference", hidden=True)(reference)


def reference(page: Annotated[Literal["settings", "cli"], typer.Argument(help="Which page.")]) -> None:
    """Print a page of docs/reference, as Markdown."""
    print({"settings": settings_page, "cli": cli_page}[page](), end="")


def settings_page() -> str:
    """All settings: variable, default, meaning."""
    rows = [f"| `{variable(item)}` | {_default(item.default)} | {item.metadata['help']} |" for item in fields(Settings)]
    return "\n".join(
        [
            "# Settings",
            "",
            "<!-- Written by `leadlight reference settings`. -->",
            "",
            "Each is an environment variable; options of commands win over them. None is needed to start.",
            "",
            "| variable | default | meaning |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )


def _default(value: object) -> str:
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{value}`" if value not in ("", ()) else "–"


def cli_page() -> str:
    """All commands with options and examples."""
    from leadlight.cli import COMMANDS, command_line

    group: Any = typer.main.get_command(command_line(list(COMMANDS)))
    lines = ["# Command line", "", "<!-- Written by `leadlight reference cli`. -->", ""]
    lines += ["Errors are one line on stderr and exit code 1; wrong usage is exit code 2.", ""]
    for name, command in group.commands.items():
        if not command.hidden:
            lines += _described(f"leadlight {name}", command)
    return "\n".join(lines)


def _described(path: str, command: Any) -> list[str]:
    if hasattr(command, "commands"):
        return [line for name, part in command.commands.items() for line in _described(f"{path} {name}", part)]
    lines = [f"## {path}", "", command.help or "", ""]
    shown = [one for one in command.params if not getattr(one, "hidden", False) and one.name != "help"]
    if shown:
        lines += ["| option | meaning |", "|---|---|", *map(_row, shown), ""]
    return [*lines, *(command.epilog or "").split("\n"), ""]


def _row(parameter: Any) -> str:
    names = ", ".join(parameter.opts)
    takes = "" if not names.startswith("-") or parameter.is_flag else _value_of(parameter)
    shown = f"{names} {takes}".strip()
    return f"| `{shown}` | {parameter.help or ''} |"


def _value_of(parameter: Any) -> str:
    choices = get_args(parameter.type_descriptor.annotation) if not parameter.multiple else ()
    return str(parameter.metavar or "\\|".join(map(str, choices)) or parameter.name.upper())
