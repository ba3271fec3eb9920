"""Processes of our own, their trees, and a `leadlight serve` to do bad things to."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from httpx2 import Client, HTTPError

Found = TypeVar("Found")
PATIENCE_SECONDS = 30.0


def wait_for(look: Callable[[], Found | None], what: str) -> Found:
    """The first truthy answer of `look`."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.05)
    raise AssertionError(f"waited in vain for {what}")


def run_cli(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """A command, run to its end."""
    return subprocess.run(
        [sys.executable, "-m", "leadlight.cli", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
        timeout=60,
    )


def command_of(pid: int) -> str:
    """Command line of a process, empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
    except OSError:
        return ""


def children_of(pid: int) -> list[int]:
    """Direct children."""
    return [int(child) for path in Path(f"/proc/{pid}/task").glob("*/children") for child in path.read_text().split()]


def tree_of(pid: int) -> list[int]:
    """The process and all below it."""
    return [pid, *(below for child in children_of(pid) for below in tree_of(child))]


def memory_mb(pid: int) -> float:
    """Proportional set size of a process, in MB."""
    match = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    return int(match[1]) / 1000 if match else 0.0


def postmaster_of(data_dir: Path) -> int | None:
    """Pid of the running embedded server."""
    try:
        pid = int((data_dir / "postgres" / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    return pid if f"-D {data_dir / 'postgres'}" in command_of(pid) else None


@dataclass
class Serving:
    """A running `leadlight serve`."""

    data_dir: Path
    process: "subprocess.Popen[str]"
    url: str
    sign_in_link: str

    @classmethod
    def start(cls, data_dir: Path, *arguments: str, **environment: str) -> "Serving":
        process = subprocess.Popen(
            [sys.executable, "-m", "leadlight.cli", "serve", "--data", str(data_dir), "--port", "0", *arguments],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **environment},
        )
        assert process.stdout
        link = ""
        for line in process.stdout:
            link = line.split()[-1] if line.startswith("Sign in") else link
            if ready := re.search(r"ready at (\S+)", line):
                return cls(data_dir, process, ready[1], link)
        process.stdout.close()
        raise AssertionError(f"serve ended with {process.wait()}")

    def child(self, role: str) -> int | None:
        """Pid of the `web` or `worker` process."""
        found = [pid for pid in children_of(self.process.pid) if f"leadlight.cli {role} " in command_of(pid)]
        return found[0] if found else None

    def is_ready(self) -> bool:
        try:
            with Client() as client:
                return client.get(f"{self.url}/api/health", timeout=5).json()["ready"] is True
        except (HTTPError, KeyError, ValueError):
            return False

    def kill(self, role: str) -> int:
        """kill -9 a child and wait for its successor's pid."""
        pid = wait_for(lambda: self.child(role), role)
        os.kill(pid, signal.SIGKILL)
        return wait_for(lambda: self.child(role) not in (None, pid) and self.child(role), f"a new {role}")

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        self.process.terminate()
        code = self.process.wait(PATIENCE_SECONDS)
        if self.process.stdout:
            self.process.stdout.close()
        return code
