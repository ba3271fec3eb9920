"""Tables of the domain as migrations leave them."""

from sqlalchemy import BigInteger, CheckConstraint, Column, DateTime, Index, Integer, Table, Text, Uuid, text

from leadlight.kit.db import metadata

handoffs = Table(
    "handoffs",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("contact_id", Uuid, nullable=False),
    Column("model", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("band", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("grade", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("reason", Text),
    Column("amount_hundredths", BigInteger),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("answered_at", DateTime(timezone=True)),
    Column("closed_at", DateTime(timezone=True)),
    CheckConstraint("state in ('open', 'accepted', 'rejected', 'contacted', 'won', 'lost')", name="state"),
)
Index(
    "handoffs_one_open",
    handoffs.c.contact_id,
    handoffs.c.model,
    unique=True,
    postgresql_where=text("state in ('open', 'accepted', 'contacted')"),
)
Index("handoffs_listed", handoffs.c.opened_at.desc(), handoffs.c.id)
