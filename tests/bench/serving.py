"""A web process of a workspace."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.factories.processes import wait_for

PORT = 18_123


@contextmanager
def web(data: Path) -> Iterator[str]:
    """Its address, while it answers."""
    command = [sys.executable, "-m", "leadlight.cli", "web", "--data", str(data), "--port", str(PORT)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(_answers, "the web process")
        yield f"http://127.0.0.1:{PORT}"
    finally:
        process.terminate()
        process.wait()


def _answers() -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", PORT)) == 0
