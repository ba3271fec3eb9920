"""A publication whose worker is killed goes on in the next one."""

import pytest

from tests.factories import processes
from tests.factories.outside import Outsider
from tests.factories.processes import wait_for

pytestmark = pytest.mark.xdist_group("outside")  # one server for all

MODEL = {
    "rules": [{"key": "any", "did": "*", "points": 1, "fade": {"linear": "300d"}}],
    "bands": [{"key": "cold"}, {"key": "warm", "from": 5}],
}


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_publication_survives_kill_of_its_worker(outside: Outsider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "PATIENCE_SECONDS", 120.0)  # a job is taken over when its worker was silent for 30 s
    for start in range(0, 6_000, 500):
        calls = [{"type": "track", "userId": f"kill-{n}", "event": "Did"} for n in range(start, start + 500)]
        outside.send("batch", batch=calls)
    outside.settle()
    outside.put("score-models", "killed", MODEL)
    publication = outside.post("/definitions/score-models/killed/publish")
    job = f"/jobs/{publication['job']['id']}"
    wait_for(lambda: outside.get(job)["state"] == "running", "the job to run")
    outside.serving.kill("worker")
    assert outside.get(job)["state"] == "running"
    outside.await_job(publication)
    outside.settle()
    assert outside.statement(outside.contact(user_id="kill-7")["id"], "killed")["total"] == 1
    assert outside.cli("doctor").returncode == 0
