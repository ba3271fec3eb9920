"""Memory of an idle `leadlight serve` with everything below it, beside its PostgreSQL alone. Proportional set sizes, MB."""

import tempfile
import time
from pathlib import Path

from tests.bench.figures import Figure
from tests.factories.processes import Serving, memory_mb, postmaster_of, tree_of, wait_for

REST_SECONDS = 15.0


def figures() -> list[Figure]:
    with tempfile.TemporaryDirectory() as room:
        serving = Serving.start(Path(room) / "data")
        try:
            wait_for(serving.is_ready, "the server")
            time.sleep(REST_SECONDS)
            database = wait_for(lambda: postmaster_of(serving.data_dir), "PostgreSQL")
            of_database = sum(map(memory_mb, tree_of(database)))
            pids = {*tree_of(serving.process.pid), *tree_of(database)}
            whole = sum(map(memory_mb, pids))
        finally:
            serving.stop()
    return [Figure("idle memory, all processes", "empty", "MB", whole, 450, "its PostgreSQL alone", of_database)]
