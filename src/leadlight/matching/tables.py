from sqlalchemy import CheckConstraint, Column, Identity, Integer, LargeBinary, Table, Text, Uuid

from leadlight.kit.db import metadata

matchers = Table(
    "matchers",
    metadata,
    Column("id", Integer, Identity(always=True), primary_key=True),
    Column("fingerprint", Text, nullable=False, unique=True),
    Column("body", Text, nullable=False),
    Column("state", Text, CheckConstraint("state in ('filling', 'live')", name="state"), nullable=False),
)

memories = Table(
    "memories",
    metadata,
    Column("subject_id", Uuid, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    postgresql_with={"fillfactor": 85},
)
