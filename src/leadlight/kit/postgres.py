"""The embedded PostgreSQL server: in the data directory, behind a unix socket, shared by all processes that use it.

Every user holds a shared lock on `postgres.users`; whoever leaves last gets the exclusive lock and stops the server.
The kernel drops the locks of killed processes, so nothing has to be cleaned up after a crash.
"""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from tempfile import gettempdir
from typing import IO, ClassVar
from urllib.parse import quote

import psutil

from leadlight.kit.postgres_cluster import (
    CONFIGURATION,
    OtherVersion,
    ServerFailed,
    binary,
    check_version,
    create_cluster,
    environment,
)
from leadlight.kit.postgres_user import ServerUser, server_user

__all__ = ["EmbeddedPostgres", "OtherVersion", "ServerFailed"]

PORT = 5432
START_SECONDS = 60.0
STOP_SECONDS = 30.0
LONGEST_SOCKET_PATH = 100
LAST_LINES = 5
PID_FILE = "postmaster.pid"
USERS_FILE, START_FILE = "postgres.users", "postgres.start"

# Refusals that pass: the backends of a killed server hold its memory and files until they notice.
PASSING = ("pre-existing shared memory block", "lock file")


class EmbeddedPostgres:
    """One process's share in the server of a data directory; get it with `attach`."""

    # Servers that this process started, by directory; they may outlive our share, and are reaped when they end before us.
    _started: ClassVar[dict[Path, subprocess.Popen[bytes]]] = {}

    def __init__(self, data_dir: Path) -> None:
        self.directory = data_dir / "postgres"
        self.socket_dir = _socket_dir(self.directory)
        self._start_file = data_dir / START_FILE
        self._users: IO[str] | None = None
        self._users_file = data_dir / USERS_FILE

    @classmethod
    def attach(cls, data_dir: Path) -> "EmbeddedPostgres":
        """Join the users of the server in `data_dir`, creating and starting it when needed; raises ServerFailed."""
        data_dir.mkdir(parents=True, exist_ok=True)
        server = cls(data_dir.resolve())
        server._join()
        try:
            server.ensure_running()
        except BaseException:
            server.detach()
            raise
        return server

    def url(self, database: str = "postgres") -> str:
        """Address for drivers."""
        return f"postgresql://postgres@/{database}?host={quote(str(self.socket_dir))}"

    def is_running(self) -> bool:
        """Whether somebody listens on the socket."""
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(self.socket_dir / f".s.PGSQL.{PORT}"))
            except OSError:
                return False
        return True

    def ensure_running(self) -> None:
        """Start the server unless it runs; several processes may call this at once."""
        if self.is_running():
            return
        with _locked(self._start_file):
            if not self.is_running():
                self._start()

    def detach(self) -> None:
        """Leave the users; the last one stops the server."""
        if self._users is None:
            return
        users, self._users = self._users, None
        with users:
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            self._stop()

    def _join(self) -> None:
        self._users = self._users_file.open("w")
        fcntl.flock(self._users, fcntl.LOCK_SH)

    def _start(self) -> None:
        user = server_user()
        user.may_reach(self.directory)
        user.may_read(Path(binary("postgres")).parents[1])
        if not (self.directory / "PG_VERSION").exists():
            create_cluster(self.directory, user)
        check_version(self.directory)
        if self.socket_dir != self.directory:
            _make_socket_dir(self.socket_dir, user)
        (self.directory / "leadlight.conf").write_text(CONFIGURATION)
        user.own(self.directory / "leadlight.conf")
        deadline = time.monotonic() + START_SECONDS
        while True:
            self._forget_dead()
            logged = self._log.stat().st_size if self._log.exists() else 0
            if self._try_start(user, deadline):
                return
            said = self._log.read_bytes()[logged:].decode(errors="replace")
            if time.monotonic() > deadline or not any(words in said for words in PASSING):
                raise ServerFailed(f"see {self._log}: {' | '.join(said.splitlines()[-LAST_LINES:])}")
            time.sleep(0.2)

    def _try_start(self, user: ServerUser, deadline: float) -> bool:
        with self._log.open("ab") as log:
            process = subprocess.Popen(
                [binary("postgres"), "-D", str(self.directory), "-h", "", "-k", str(self.socket_dir)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.directory,
                env=environment(),
                start_new_session=True,
                user=user.name,
                group=user.group,
                extra_groups=user.extra_groups,
            )
        self._started[self.directory] = process
        while process.poll() is None:
            if self.is_running():
                return True
            if time.monotonic() > deadline:
                process.send_signal(signal.SIGINT)
            time.sleep(0.01)
        return False

    def _stop(self) -> None:
        pid = _postmaster_pid(self.directory)
        if pid is None or not self.is_running():
            return
        os.kill(pid, signal.SIGINT)  # fast shutdown: running transactions roll back, a checkpoint is written
        deadline = time.monotonic() + STOP_SECONDS
        # Not only the process: as a child that another user of the server has not reaped, it stays listed when it is dead.
        while (self.directory / PID_FILE).exists() and _is_alive(pid) and time.monotonic() < deadline:
            time.sleep(0.01)
        if process := self._started.pop(self.directory, None):
            process.wait(STOP_SECONDS)
        if self.socket_dir != self.directory:
            shutil.rmtree(self.socket_dir, ignore_errors=True)

    def _forget_dead(self) -> None:
        """Let a killed server not be taken for a running one.

        It stays listed until its parent reaps it: we, or another process of ours that may be busy. The lock files also guard
        against backends that outlive their postmaster, so they are removed only when none is left.
        """
        if process := self._started.get(self.directory):
            process.poll()
        pid = _postmaster_pid(self.directory)
        if pid is not None and _is_zombie(pid) and not _are_working_in(self.directory):
            (self.directory / PID_FILE).unlink(missing_ok=True)
            (self.socket_dir / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)

    @property
    def _log(self) -> Path:
        return self.directory / "server.log"


def _socket_dir(directory: Path) -> Path:
    """The cluster's own directory, or one under /tmp when that path is too long for a unix socket."""
    if len(os.fsencode(directory)) <= LONGEST_SOCKET_PATH - len(f"/.s.PGSQL.{PORT}"):
        return directory
    return Path(gettempdir()) / f"leadlight-{sha256(os.fsencode(directory)).hexdigest()[:16]}"


def _make_socket_dir(directory: Path, user: ServerUser) -> None:
    directory.mkdir(mode=0o700, exist_ok=True)
    user.own(directory)
    if directory.is_symlink() or directory.stat().st_uid != user.uid:
        raise ServerFailed(f"{directory} belongs to somebody else; remove it or use a shorter data directory")


def _postmaster_pid(directory: Path) -> int | None:
    try:
        return int((directory / PID_FILE).read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _are_working_in(directory: Path) -> bool:
    """Whether any process has `directory` as its working directory, as all of a PostgreSQL server have."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.cwd() == str(directory):
                return True
    return False


def _is_zombie(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
