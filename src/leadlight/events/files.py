"""History files: written whole or not at all, and removed only when nobody can be reading them."""

import os
import time
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING

from leadlight.events.engine import SPILL

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

GRACE_SECONDS = 6 * 3600.0
UNFINISHED = ".unfinished"


def write_parquet(duck: "DuckDBPyConnection", query: str, path: Path) -> int:
    """Write the rows of a DuckDB query to `path`, safe against power loss; returns their number."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}{UNFINISHED}")
    copied = duck.execute(f"copy ({query}) to '{quoted(unfinished)}' (format parquet, compression zstd)").fetchone()
    _flush(unfinished)
    unfinished.rename(path)
    for directory in (path.parent, path.parent.parent):
        _flush(directory)
    return int(copied[0]) if copied else 0


def read_parquet(paths: list[Path]) -> str:
    """DuckDB's expression for the rows of all these files."""
    names = ", ".join(f"'{quoted(path)}'" for path in paths)
    return f"read_parquet([{names}])"


def retire(path: Path) -> None:
    """Start the time of grace of a file that leaves the manifest: whoever read the manifest before may still open it."""
    if path.exists():
        os.utime(path)


def sweep(root: Path, known: set[str]) -> None:
    """Remove what nobody needs: unfinished files at once; files not in the manifest and spilled data after the grace."""
    for path in root.glob(f"*/*{UNFINISHED}"):
        path.unlink(missing_ok=True)
    forgotten = time.time() - GRACE_SECONDS
    for path in root.glob("*/*.parquet"):
        if path.relative_to(root).as_posix() not in known and path.stat().st_mtime < forgotten:
            path.unlink(missing_ok=True)
    for path in root.glob(f"{SPILL}*"):
        if path.stat().st_mtime < forgotten:
            rmtree(path, ignore_errors=True)


def quoted(path: Path) -> str:
    """The path inside a SQL string."""
    return str(path).replace("'", "''")


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
