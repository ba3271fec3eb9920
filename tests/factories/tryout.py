"""Files to score, and what `leadlight score` makes of them."""

import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from typer.testing import CliRunner

from leadlight.cli import command_line, message
from leadlight.kit.days import to_us
from leadlight.kit.errors import LeadlightError
from leadlight.tryout import Lead, Request, Summary, read_model, score_files
from leadlight.tryout.demo import demo_calls

Call = dict[str, Any]
NOON = "2026-03-{day:02}T12:00:00.000Z"
READ_US = to_us(datetime(2026, 11, 22, tzinfo=UTC))


def viewed(user: str, day: int, path: str = "/pricing", **more: Any) -> Call:
    """A page view of a known person on a day of March 2026."""
    properties = {"url": f"https://www.firm.example{path}"}
    return {"type": "page", "userId": user, "timestamp": NOON.format(day=day), "properties": properties} | more


def named(user: str, day: int = 1, **traits: Any) -> Call:
    """An identify call of a day of March 2026."""
    return {"type": "identify", "userId": user, "timestamp": NOON.format(day=day), "traits": traits}


def write_lines(path: Path, calls: Iterable[Call]) -> Path:
    """A file of JSON lines."""
    path.write_bytes(b"".join(msgspec.json.encode(call) + b"\n" for call in calls))
    return path


def demo_file(path: Path, scale: float, end: date = date(2026, 11, 22)) -> Path:
    """A small demo year as a file."""
    return write_lines(path, demo_calls(end, scale))


def score(*events: Path, now_us: int = READ_US, **more: Any) -> tuple[list[Lead], Summary]:
    """All leads of the files under the default model."""
    key, model = read_model(None)
    request = Request(events=[str(path) for path in events], model_key=key, model=model, **more)
    with score_files(request, now_us, lambda _step, _done, _total: None) as (leads, summary):
        return list(leads), summary


class Ran(NamedTuple):
    """How a command ended."""

    returncode: int
    stdout: bytes
    stderr: bytes


def run_score(*arguments: str | Path, stdin: bytes | None = None) -> Ran:
    """`leadlight score` in this process, which spares its start."""
    result = CliRunner().invoke(command_line(["score"]), list(map(str, ("score", *arguments))), input=stdin)
    if isinstance(result.exception, LeadlightError):
        return Ran(1, result.stdout_bytes, message(result.exception).encode())
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ran(result.exit_code, result.stdout_bytes, result.stderr_bytes)


def run_process(*arguments: str | Path, stdin: bytes | None = None) -> Ran:
    """`leadlight score` as people start it."""
    command = [sys.executable, "-m", "leadlight.cli", "score", *map(str, arguments)]
    done = subprocess.run(command, input=stdin, capture_output=True, check=False, timeout=60)
    return Ran(done.returncode, done.stdout, done.stderr)
