from sqlalchemy import BigInteger, Column, DateTime, Index, Integer, LargeBinary, Table, Text, Uuid

from leadlight.kit.db import metadata

scores = Table(
    "scores",
    metadata,
    Column("contact_id", Uuid, primary_key=True),
    Column("model", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("as_of_day", Integer, nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("fit", BigInteger, nullable=False),
    Column("engagement", BigInteger, nullable=False),
    Column("band", Text, nullable=False),
    Column("grade", Text, nullable=False),
    Column("levels", Text, nullable=False),
    Column("sums", LargeBinary, nullable=False),
    Column("band_since", DateTime(timezone=True), nullable=False),
    Column("cool_until", Text, nullable=False, server_default="{}"),
    Index("scores_ranked", "model", "version", "total", "contact_id"),
)
