"""The spine: workspace, access, definitions, people, events, matching, scoring, messaging, hand-off."""

from leadlight.migrations.sql import run_sql_file

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run_sql_file(__file__)
