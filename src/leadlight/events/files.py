"""History files: written whole or not at all, and removed only when nobody can be reading them."""

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

GRACE_SECONDS = 6 * 3600.0


def write_parquet(duck: "DuckDBPyConnection", query: str, path: Path) -> int:
    """Write the rows of a DuckDB query to `path`, safe against power loss; returns their number."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
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
    """Remove files that are not in the manifest: unfinished ones at once, others after the time of grace."""
    now = time.time()
    for path in root.glob("*/*"):
        is_old = path.suffix == ".unfinished" or now - path.stat().st_mtime > GRACE_SECONDS
        if is_old and path.suffix in {".parquet", ".unfinished"} and path.relative_to(root).as_posix() not in known:
            path.unlink()


def quoted(path: Path) -> str:
    """The path inside a SQL string."""
    return str(path).replace("'", "''")


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
