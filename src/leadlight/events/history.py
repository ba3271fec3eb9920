"""History as DuckDB sees it: sealed files and the tail that is not sealed yet, as of one moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from leadlight.events.engine import MEMORY_LIMIT, connect_postgres, open_duckdb
from leadlight.events.files import read_parquet
from leadlight.events.relations import RELATIONS, Relation, refuse_ahead
from leadlight.kit.errors import LeadlightError

if TYPE_CHECKING:
    from adbc_driver_postgresql.dbapi import Connection as PostgresConnection
    from duckdb import DuckDBPyConnection


class HistoryFileMissing(LeadlightError):
    """A sealed history file is gone. Restore it from the backup, or delete its row from `sealed` and all later ones."""

    code = "history_file_missing"


class History:
    """One state of the database: views `events` and `attribute_changes` in `connection`, and what `load` adds."""

    def __init__(self, connection: "DuckDBPyConnection", postgres: "PostgresConnection", root: Path) -> None:
        self.connection = connection
        self._postgres = postgres
        self._root = root

    def load(self, table: str, sql: str) -> None:
        """Make a DuckDB table of a PostgreSQL query, which sees the same state as the views."""
        with self._postgres.cursor() as cursor:
            cursor.execute(sql)
            self.connection.register("incoming", cursor.fetch_record_batch())
            self.connection.execute(f'create or replace table "{table}" as select * from incoming')
            self.connection.unregister("incoming")

    def view(self, relation: Relation, before_xid: int | None) -> None:
        """Make the view of a relation, of transactions before `before_xid` when given."""
        files, sealed_to = self._manifest(relation)
        self.load(f"{relation.name}_tail", relation.rows(sealed_to, before_xid))
        parts = [f"select {relation.columns} from {relation.name}_tail"]
        if files:
            until = "" if before_xid is None else f" where xid < {before_xid}"
            parts.insert(0, f"select * from {read_parquet(files)}{until}")
        self.connection.execute(f"create or replace view {relation.name} as {' union all '.join(parts)}")

    def _manifest(self, relation: Relation) -> tuple[list[Path], int]:
        with self._postgres.cursor() as cursor:
            cursor.execute(
                "select file, to_xid::text::bigint, pg_snapshot_xmax(pg_current_snapshot())::text::bigint from sealed"
                f" where relation = '{relation.name}' order by from_xid"
            )
            rows = cursor.fetchall()
        files, sealed_to = [self._root / file for file, _, _ in rows], 0
        for file, (_, sealed_to, next_xid) in zip(files, rows, strict=True):
            refuse_ahead(sealed_to, next_xid)
            if not file.exists():
                raise HistoryFileMissing(f"expected {file}")
        return files, sealed_to


@contextmanager
def open_history(
    url: str, root: Path, before_xid: int | None = None, memory_limit: str = MEMORY_LIMIT
) -> Iterator[History]:
    """History of the database at `url` with its files under `root`; blocks, so call it in a thread.

    Columns of `events`: id, subject_id, kind, name, source, message_id, at_us, received_us, day, url_host, url_path,
    url_query, referrer_host, properties, context, excluded, xid. Raises HistoryFileMissing.
    """
    with connect_postgres(url) as postgres, open_duckdb(root, memory_limit) as duck:
        history = History(duck, postgres, root)
        for relation in RELATIONS:
            history.view(relation, before_xid)
        yield history
