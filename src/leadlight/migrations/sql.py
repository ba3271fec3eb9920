"""Migrations are plain SQL: the file beside the revision, with the same name."""

from pathlib import Path
from typing import Any

from alembic import op


def run_sql_file(revision_file: str) -> None:
    """Execute all statements of `<revision>.sql` inside the migration's transaction."""
    statements = Path(revision_file).with_suffix(".sql").read_text()
    adapted: Any = op.get_bind().connection.dbapi_connection
    adapted.run_async(lambda driver: driver.execute(statements))
