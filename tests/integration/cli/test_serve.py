"""`leadlight serve` through kill -9 of each of its processes."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from httpx2 import Client

from tests.factories.processes import (
    Serving,
    command_of,
    memory_mb,
    postmaster_of,
    run_cli,
    tree_of,
    wait_for,
)

IDLE_MB = 450


@pytest.fixture(scope="module")
def serving() -> Iterator[Serving]:
    with TemporaryDirectory(prefix="leadlight-") as made:
        started = Serving.start(Path(made) / "data")
        yield started
        assert started.stop() == 0
        assert postmaster_of(started.data_dir) is None


def test_second_serve_says_where_the_first_is(serving: Serving) -> None:
    answer = run_cli("serve", "--data", str(serving.data_dir), "--port", "0")
    assert answer.returncode == 1
    assert f"process {serving.process.pid} serves it at {serving.url}" in answer.stderr


def test_taken_port_is_one_line(serving: Serving, server_dir: Path) -> None:
    answer = run_cli("serve", "--data", str(server_dir), "--port", serving.url.rsplit(":", 1)[1])
    assert answer.returncode == 1
    assert "Choose another with --host and --port" in answer.stderr
    assert answer.stderr.count("\n") == 1


def test_commands_share_the_running_server(serving: Serving) -> None:
    key = run_cli("keys", "create", "--kind", "secret", "--scope", "admin", "--data", str(serving.data_dir)).stdout
    with Client(base_url=serving.url, headers={"Authorization": f"Bearer {key.strip()}"}) as client:
        assert client.get("/api/keys").status_code == 200
    assert "ready: true" in run_cli("health", "--data", str(serving.data_dir)).stdout
    assert serving.url in run_cli("sign-in", "--data", str(serving.data_dir)).stdout
    assert "All is well." in run_cli("doctor", "--data", str(serving.data_dir)).stdout


def test_first_start_prints_a_working_link(serving: Serving) -> None:
    link = run_cli("sign-in", "--data", str(serving.data_dir)).stdout.strip()
    assert serving.sign_in_link.startswith(f"{serving.url}/sign-in?token=")
    with Client(base_url=serving.url) as client:
        token = link.split("token=")[1]
        assert client.post("/api/session", json={"token": token}).status_code == 204
        assert client.get("/api/session").status_code == 200


def test_idle_memory_is_small(serving: Serving) -> None:
    wait_for(lambda: serving.child("worker"), "the worker")
    time.sleep(2)
    total = sum(memory_mb(pid) for pid in tree_of(serving.process.pid))
    assert total < IDLE_MB


def test_killed_web_process_loses_no_waiting_caller(serving: Serving) -> None:
    pid = wait_for(lambda: serving.child("web"), "web")
    os.kill(pid, signal.SIGKILL)
    with Client() as client:  # accepted by the socket that the supervisor holds
        assert client.get(f"{serving.url}/api/health", timeout=20).json()["ready"]
    assert serving.child("web") != pid


def test_killed_worker_is_replaced(serving: Serving) -> None:
    successor = serving.kill("worker")
    assert "worker" in command_of(successor)


def test_killed_postgres_is_replaced(serving: Serving) -> None:
    pid = wait_for(lambda: postmaster_of(serving.data_dir), "PostgreSQL")
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: (now := postmaster_of(serving.data_dir)) != pid and now, "a new PostgreSQL")
    wait_for(serving.is_ready, "readiness")


def test_killed_supervisor_takes_all_with_it(server_dir: Path) -> None:
    serving = Serving.start(server_dir / "data")
    below = tree_of(serving.process.pid)
    serving.process.kill()
    serving.process.communicate()
    wait_for(lambda: not any(command_of(pid) for pid in below), "the end of all processes")
    again = Serving.start(server_dir / "data")
    assert again.is_ready()
    assert again.stop() == 0


def test_test_clock_stands_still_over_restarts(server_dir: Path) -> None:
    for moment in ("2026-03-01T00:00:00Z", "2020-01-01T00:00:00Z"):
        serving = Serving.start(server_dir / "data", "--test-clock", moment)
        key = run_cli("keys", "create", "--kind", "secret", "--data", str(server_dir / "data")).stdout.strip()
        with Client(base_url=serving.url, headers={"Authorization": f"Bearer {key}"}, timeout=30) as client:
            assert client.post("/api/test/settle").json() == {"now": "2026-03-01T00:00:00Z"}
        assert serving.stop() == 0
