"""Table of the moments at which time alone changes something of a contact."""

from sqlalchemy import Column, DateTime, Index, Table, Text, Uuid

from leadlight.kit.db import metadata

due = Table(
    "due",
    metadata,
    Column("contact_id", Uuid, primary_key=True),
    Column("reason", Text, primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
)
Index("due_at", due.c.at)
