"""DuckDB and its feed from PostgreSQL. Both are loaded when first used: a web process at rest does without their memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adbc_driver_postgresql.dbapi import Connection as PostgresConnection
    from duckdb import DuckDBPyConnection

MEMORY_LIMIT = "2GB"
SPILL = "spill-"


@contextmanager
def open_duckdb(root: Path, memory_limit: str = MEMORY_LIMIT) -> Iterator["DuckDBPyConnection"]:
    """DuckDB in memory, in UTC; what does not fit into `memory_limit` goes to files in a directory of its own in `root`."""
    import duckdb  # noqa: PLC0415 - see above

    root.mkdir(parents=True, exist_ok=True)
    spill = mkdtemp(prefix=SPILL, dir=root)
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory_limit,
        "temp_directory": spill,
        "autoinstall_known_extensions": False,
    }
    connection = duckdb.connect(":memory:", config=config)
    try:
        connection.execute("set timezone = 'UTC'")
        yield connection
    finally:
        connection.close()
        rmtree(spill, ignore_errors=True)


@contextmanager
def connect_postgres(url: str) -> Iterator["PostgresConnection"]:
    """A read-only transaction that sees one state of the database throughout; its queries answer in Arrow."""
    from adbc_driver_postgresql import dbapi  # noqa: PLC0415 - see above

    with dbapi.connect(url) as connection:
        with connection.cursor() as cursor:
            cursor.execute("set transaction isolation level repeatable read, read only")
        yield connection
