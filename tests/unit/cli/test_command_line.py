"""Every command explains itself, and refusals are one line."""

import subprocess
import sys
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from leadlight.cli import COMMANDS, command_line, message
from leadlight.kit.errors import LeadlightError, NotFound


def _visible_commands() -> list[tuple[str, Any]]:
    group: Any = typer.main.get_command(command_line(list(COMMANDS)))
    found: list[tuple[str, Any]] = []
    for name, command in group.commands.items():
        parts = getattr(command, "commands", None)
        found += [(f"{name} {part}", one) for part, one in parts.items()] if parts else [(name, command)]
    return [(name, command) for name, command in found if not command.hidden]


@pytest.mark.parametrize(("name", "command"), _visible_commands())
def test_help_has_words_and_examples(name: str, command) -> None:
    assert command.help
    assert f"leadlight {name}" in (command.epilog or "")
    for parameter in command.params:
        assert getattr(parameter, "help", None) or parameter.hidden, parameter.name


@pytest.mark.parametrize("name", [name for name, _ in _visible_commands()])
def test_help_is_shown(name: str) -> None:
    answer = CliRunner().invoke(command_line(list(COMMANDS)), [*name.split(), "--help"])
    assert answer.exit_code == 0
    assert "Examples:" in answer.output


def test_message_is_one_line_with_remedy() -> None:
    assert message(NotFound("no key 7")) == "no key 7. There is nothing under that name. Check the key or the id."
    assert "\n" not in message(LeadlightError("two\nlines"))


def test_refusal_has_no_traceback(tmp_path) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "leadlight.cli", "serve", "--data", str(tmp_path), "--time-zone", "Mars/Olympus"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 1
    assert answer.stderr.count("\n") == 1
    assert "Europe/Warsaw" in answer.stderr


def test_serve_itself_imports_nothing_heavy() -> None:
    code = "import sys, leadlight.cli as c; c.command_line(['serve']); import leadlight.cli.supervisor; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"sqlalchemy", "asyncpg", "fastapi", "duckdb", "pyarrow", "alembic", "leadlight.app"} & set(loaded)
