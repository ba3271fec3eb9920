"""The lock that keeps a second `serve` off a data directory, and says where the first one is."""

import fcntl
import json
import os
from pathlib import Path
from typing import IO

from leadlight.kit.errors import LeadlightError

NAME = "serve.lock"


class AlreadyServed(LeadlightError):
    """Another `serve` runs on this data directory. Stop it first, or choose another directory with --data."""

    code = "already_served"
    status = 409


class ServeLock:
    """Held from `take` until the process ends, however it ends."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    @classmethod
    def take(cls, data_dir: Path) -> "ServeLock":
        """Raises AlreadyServed, naming process and address of the other."""
        data_dir.mkdir(parents=True, exist_ok=True)
        file = (data_dir / NAME).open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            found = _read(data_dir)
            where = f"process {found['pid']} serves it at {found['url']}" if found else "another process holds it"
            raise AlreadyServed(f"{data_dir}: {where}") from None
        return cls(file)

    def announce(self, url: str) -> None:
        """Write down where we are."""
        self._file.seek(0)
        self._file.truncate()
        self._file.write(json.dumps({"pid": os.getpid(), "url": url}))
        self._file.flush()


def running_url(data_dir: Path) -> str | None:
    """Address of the server that runs on this data directory."""
    path = data_dir / NAME
    if not path.exists():
        return None
    with path.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            found = _read(data_dir)
            return found["url"] if found else None
    return None


def _read(data_dir: Path) -> dict[str, str] | None:
    try:
        found: dict[str, str] = json.loads((data_dir / NAME).read_text())
    except ValueError:
        return None
    return found
