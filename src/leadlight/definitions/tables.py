"""Tables of the domain as migrations leave them."""

from sqlalchemy import CheckConstraint, Column, DateTime, Index, Integer, Table, Text, text

from leadlight.kit.db import metadata

definitions = Table(
    "definitions",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("state", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("comment", Text, nullable=False, server_default=""),
    Column("author", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("published_at", DateTime(timezone=True)),
    CheckConstraint("version > 0", name="version"),
    CheckConstraint("state in ('draft', 'published', 'archived')", name="state"),
)
Index(
    "definitions_one_draft",
    definitions.c.kind,
    definitions.c.key,
    unique=True,
    postgresql_where=text("state = 'draft'"),
)
Index(
    "definitions_one_published",
    definitions.c.kind,
    definitions.c.key,
    unique=True,
    postgresql_where=text("state = 'published'"),
)
