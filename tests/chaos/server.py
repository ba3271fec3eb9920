"""The server under test: started again whenever it is gone, hurt on purpose in between."""

import os
import random
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import psutil
from httpx2 import Client

from tests.factories.processes import Serving, postmaster_of, run_cli, tree_of

MODEL = {
    "label": "Chaos",
    "rules": [
        {"key": "any", "label": "Did anything", "did": "*", "points": 1},
        {"key": "demo", "label": "Watched the demo", "did": "demo_watched", "points": 5, "limits": {"day": 10}},
        {"key": "home", "label": "Home market", "when": {"field": "contact.country", "in": ["PL"]}, "points": 10},
    ],
    "bands": [{"key": "cold", "label": "Cold"}, {"key": "ready", "label": "Ready", "from": 30, "leave_below": 20}],
    "grade": {"fit": [10, 5, 1], "engagement": [60, 30, 10]},
    "sales_ready": "ready",
}


class Victim:
    """A `leadlight serve` on a data directory of its own, with a write key, a model and a webhook."""

    def __init__(self, data_dir: Path, webhook_url: str) -> None:
        self.data_dir = data_dir
        self.serving = self._start()
        self.write_key = self._key("write")
        self.secret_key = self._key("secret", "--scope", "admin")
        self._define("score-models/default", MODEL)
        self._define("webhooks/chaos", {"url": webhook_url, "events": ["hand_off.opened"]})

    def url(self) -> str:
        return self.serving.url

    def hurt(self, dice: random.Random) -> str:
        """kill -9 one of the processes, or all of PostgreSQL; returns whom."""
        whom = dice.choice(["web", "worker", "worker", "postmaster", "backend", "cluster", "supervisor"])
        for pid in self._pids(whom, dice):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return whom

    def revive(self) -> None:
        """Start `serve` again when its supervisor is gone."""
        if self.serving.process.poll() is None:
            return
        self._let_go()
        self.serving = self._start()

    def kill(self) -> None:
        """kill -9 every process of it."""
        for pid in [*tree_of(self.serving.process.pid), *self._pids("cluster", random.Random(0))]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._let_go()

    def wait_until_idle(self, patience_seconds: float = 120) -> None:
        """Return when nothing waits in intake or outbox."""
        deadline = time.monotonic() + patience_seconds
        headers = {"Authorization": f"Bearer {self.secret_key}"}
        while time.monotonic() < deadline:
            self.revive()
            try:
                with Client(timeout=10) as client:
                    health = client.get(f"{self.url()}/api/health").json()
                    waiting = [
                        client.get(f"{self.url()}/api/messages", params={"state": state}, headers=headers).json()[
                            "items"
                        ]
                        for state in ("queued", "claimed", "handing")
                    ]
                if health["ready"] and health["intake_waiting"] == 0 and not any(waiting):
                    return
            except Exception:
                pass
            time.sleep(0.3)
        raise AssertionError("work still waits after the last kill")

    def stop(self) -> None:
        """Stop in good order."""
        self.revive()
        self.serving.stop()

    def _let_go(self) -> None:
        self.serving.process.wait()
        if self.serving.process.stdout:
            self.serving.process.stdout.close()

    def _pids(self, whom: str, dice: random.Random) -> list[int]:
        if whom == "supervisor":
            return [self.serving.process.pid]
        if whom in {"web", "worker"}:
            pid = self.serving.child(whom)
            return [pid] if pid else []
        postmaster = postmaster_of(self.data_dir)
        if postmaster is None:
            return []
        try:
            backends = [child.pid for child in psutil.Process(postmaster).children()]
        except psutil.NoSuchProcess:
            return []
        if whom == "backend":
            return [dice.choice(backends)] if backends else []
        return [postmaster, *backends] if whom == "cluster" else [postmaster]

    def _start(self) -> Serving:
        deadline = time.monotonic() + 60
        while True:
            try:
                return Serving.start(self.data_dir, LEADLIGHT_WEBHOOK_ALLOW="127.0.0.0/8", LEADLIGHT_LOG_LEVEL="error")
            except AssertionError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.5)

    def _key(self, kind: str, *more: str) -> str:
        answer: subprocess.CompletedProcess[str] = run_cli(
            "keys", "create", "--kind", kind, *more, "--data", str(self.data_dir)
        )
        return answer.stdout.strip()

    def _define(self, path: str, body: dict) -> None:
        headers = {"Authorization": f"Bearer {self.secret_key}"}
        with Client(base_url=self.url(), headers=headers) as client:
            client.put(f"/api/definitions/{path}", json=body).raise_for_status()
            client.post(f"/api/definitions/{path}/publish").raise_for_status()
