"""Tables of the domain as migrations leave them."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from leadlight.kit.db import metadata

webhook_secrets = Table(
    "webhook_secrets",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("key", Text, nullable=False),
    Column("secret", LargeBinary, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True)),
)
Index("webhook_secrets_key", webhook_secrets.c.key)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("occasion", Text, nullable=False),
    Column("contact_id", Uuid),
    Column("body", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("next_at", DateTime(timezone=True), nullable=False),
    Column("claimed_at", DateTime(timezone=True)),
    Column("claimed_by", Text),
    Column("last_error", Text),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("finished_at", DateTime(timezone=True)),
    CheckConstraint(
        "state in ('queued', 'claimed', 'handing', 'accepted', 'failed', 'in_doubt', 'cancelled')", name="state"
    ),
    UniqueConstraint("channel", "target", "occasion"),
)
Index("outbox_ready", outbox.c.next_at, postgresql_where=text("state = 'queued'"))
Index("outbox_in_hand", outbox.c.claimed_at, postgresql_where=text("state in ('claimed', 'handing')"))
