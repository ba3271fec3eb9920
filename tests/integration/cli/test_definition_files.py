"""`leadlight plan`, `apply` and `pull` as one types them, on a database beside which no server runs."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from leadlight.app import App
from leadlight.definitions import State, read
from leadlight.kit.config import Settings
from tests.factories.pipeline import START_US, arrival
from tests.factories.processes import run_cli

HOOK = "# our CRM\nurl: https://crm.example/hook\nevents: [hand_off.opened]   # only new ones\n"

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(app: App, settings: Settings) -> Run:
    def leadlight(command: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        data = ("--data", str(settings.data_dir))
        return run_cli(command, *arguments, *data, LEADLIGHT_DATABASE_URL=settings.database_url)

    return leadlight


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    made = tmp_path / "config"
    (made / "webhooks").mkdir(parents=True)
    (made / "webhooks/crm.yaml").write_text(HOOK)
    return made


def test_plan_apply_and_pull_meet_in_no_changes(run: Run, directory: Path):
    planned = run("plan", str(directory), "--check")
    assert (planned.returncode, planned.stdout.splitlines()[0]) == (1, "+ webhooks/crm")
    applied = run("apply", str(directory))
    assert (applied.returncode, applied.stdout.splitlines()[-1]) == (0, "1 to add, 0 to change, 0 to archive. Done.")
    assert run("apply", str(directory)).stdout.splitlines()[-1] == "No changes."
    pulled = run("pull", str(directory))
    assert pulled.stdout == f"written  {directory}/score-models/default.yaml\n1 written, 1 unchanged.\n"
    assert (directory / "webhooks/crm.yaml").read_text() == HOOK
    checked = run("plan", str(directory), "--check", "--prune")
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "No changes.\n", "")


def test_every_problem_has_its_file_and_line(run: Run, directory: Path):
    hook = directory / "webhooks/crm.yaml"
    hook.write_text("# our CRM\nurl: nowhere\nevents:\n  - hand_off.opened\n  - hand_off.closed\n")
    refused = run("apply", str(directory))
    first, second, summary = refused.stderr.splitlines()
    assert refused.returncode == 1
    assert first.startswith(f"{hook}:2: url: found 'nowhere', expected an absolute http or https address")
    assert second.startswith(f'{hook}:5: events[1]: found "hand_off.closed", expected')
    assert summary == "leadlight: 2 problems; nothing was changed."


async def test_apply_recomputes_everyone_by_itself(app: App, run: Run, tmp_path: Path):
    await app.engine.process([arrival("demo_watched", user_id="u1")], START_US)
    config = str(tmp_path / "config")
    run("pull", config)
    model = tmp_path / "config/score-models/default.yaml"
    model.write_text(model.read_text().replace("label: Default", "label: Ours", 1))
    applied = run("apply", config, "--comment", "our own name")
    assert applied.stderr == ""
    assert applied.returncode == 0
    assert applied.stdout.splitlines() == [
        "~ score-models/default",
        '    ~ label: "Default" -> "Ours"',
        "publishing score-models/default ...",
        "",
        "0 to add, 1 to change, 0 to archive. Done.",
    ]
    async with app.db.connection() as conn:
        published = await read(conn, "score-models", "default")
    assert (published.state, published.version, published.comment) == (State.PUBLISHED, 2, "our own name")
