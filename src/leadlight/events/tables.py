"""Tables of the events domain, as the migrations create them."""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    Uuid,
    func,
    text,
)

from leadlight.kit.columns import Xid8
from leadlight.kit.db import metadata

MOMENT = DateTime(timezone=True)


intake = Table(
    "intake",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("shard", SmallInteger, nullable=False),
    Column("attempts", SmallInteger, nullable=False, server_default=text("0")),
    Column("body", LargeBinary, nullable=False),
    postgresql_with={
        "autovacuum_vacuum_threshold": 5000,
        "autovacuum_vacuum_scale_factor": 0,
        "autovacuum_vacuum_cost_delay": 0,
        "autovacuum_analyze_threshold": 2_000_000_000,
        "vacuum_truncate": "off",
    },
)
Index("intake_shard", intake.c.shard, intake.c.id)

events = Table(
    "events",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("subject_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("at", MOMENT, nullable=False),
    Column("received_at", MOMENT, nullable=False),
    Column("day", Integer, nullable=False),
    Column("url_host", Text),
    Column("url_path", Text),
    Column("url_query", Text),
    Column("referrer_host", Text),
    Column("properties", Text, nullable=False),
    Column("context", Text, nullable=False),
    Column("excluded", Text),
    Column("xid", Xid8, nullable=False, server_default=func.pg_current_xact_id()),
)
Index("events_subject", events.c.subject_id, events.c.at)
Index("events_xid", events.c.xid)

set_aside = Table(
    "set_aside",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("source", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("at", MOMENT, nullable=False),
)

drops = Table(
    "drops",
    metadata,
    Column("day", Date, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("reason", Text, primary_key=True),
    Column("count", BigInteger, nullable=False),
)

sealed = Table(
    "sealed",
    metadata,
    Column("file", Text, primary_key=True),
    Column("relation", Text, nullable=False),
    Column("from_xid", Xid8, nullable=False),
    Column("to_xid", Xid8, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("sealed_at", MOMENT, nullable=False),
)
