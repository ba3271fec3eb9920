"""CSV and Parquet files as rows with line numbers, read by DuckDB."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from leadlight.tryout.problems import BadLine, Problems, UnreadableFile

PARQUET = b"PAR1"
ROWS_A_BATCH = 20_000
SNIFFED_BYTES = 4096
MEMORY = "1GB"


class Table(NamedTuple):
    """Column names, and rows with the number of their line."""

    names: list[str]
    rows: Iterator[tuple[int, dict[str, Any]]]


def is_table(path: Path) -> bool:
    """Parquet by its first bytes; CSV is what does not begin like JSON. An empty file is JSON lines without a line."""
    with path.open("rb") as start:
        head = start.read(SNIFFED_BYTES).lstrip(b"\xef\xbb\xbf \t\r\n")
    return bool(head) and head[:1] not in b"{["


def read_table(path: Path, name: str, problems: Problems) -> Table:
    """Rows of a CSV (all values text, separator found out) or a Parquet file; raises UnreadableFile."""
    with path.open("rb") as start:
        is_parquet = start.read(4) == PARQUET
    connection = duckdb.connect(config={"memory_limit": MEMORY, "threads": 1})
    try:
        connection.execute("set timezone = 'UTC'")
        reader = connection.sql(_PARQUET if is_parquet else _CSV, params=[str(path)]).to_arrow_reader(ROWS_A_BATCH)
    except duckdb.Error as error:
        raise UnreadableFile(f"{name}: {str(error).splitlines()[0]}") from error
    return Table(reader.schema.names, _rows(connection, reader, name, 1 if is_parquet else 2, problems))


def _rows(
    connection: duckdb.DuckDBPyConnection, reader: Any, name: str, first_line: int, problems: Problems
) -> Iterator[tuple[int, dict[str, Any]]]:
    line = first_line
    with connection:
        for batch in reader:
            for row in batch.to_pylist():
                yield line, row
                line += 1
        if first_line > 1:
            for number, message in connection.execute(_REJECTED).fetchall():
                problems.add(
                    BadLine(name, number, message.splitlines()[0], "Expected as many values as the header has names.")
                )


_PARQUET = "select * from read_parquet(?)"
_CSV = """
select * from read_csv(?, header = true, all_varchar = true, null_padding = true, strict_mode = false, store_rejects = true)
"""
_REJECTED = "select line, min(error_message) from reject_errors group by line order by line"
