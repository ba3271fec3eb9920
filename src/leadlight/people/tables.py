"""Tables of people. `contacts` and `accounts` carry what lists show and sort by; the truth is on the subjects."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR

from leadlight.kit.columns import Xid8
from leadlight.kit.db import metadata

MOMENT = DateTime(timezone=True)

accounts = Table(
    "accounts",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", Text),
    Column("domain", Text),
    Column("title", Text),
    Column("attributes", Text, nullable=False, server_default="{}"),
    Column("profile", Text, nullable=False, server_default="{}"),
    Column("created_at", MOMENT, nullable=False),
    Index("accounts_titled", "title", "id"),
)

account_identifiers = Table(
    "account_identifiers",
    metadata,
    Column("kind", Text, CheckConstraint("kind in ('group_id', 'domain')", name="kind"), primary_key=True),
    Column("value", Text, primary_key=True),
    Column("account_id", Uuid, nullable=False),
    Index("account_identifiers_account", "account_id"),
)

contacts = Table(
    "contacts",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("account_id", Uuid),
    Column("known", Boolean, nullable=False),
    Column("merged_into", Uuid),
    Column("rule_parent", Uuid),
    Column("hand_parent", Uuid),
    Column("apart_from", ARRAY(Uuid), nullable=False, server_default="{}"),
    Column("email", Text),
    Column("name", Text),
    Column("title", Text),
    Column("search", TSVECTOR),
    Column("profile", Text, nullable=False, server_default="{}"),
    Column("tags", ARRAY(Text), nullable=False, server_default="{}"),
    Column("stage", Text),
    Column("created_at", MOMENT, nullable=False),
    Column("last_event_at", MOMENT, nullable=False),
    Column("last_event_day", Integer, nullable=False),
    Index("contacts_email", "email", postgresql_where=text("email is not null")),
    Index("contacts_account", "account_id", postgresql_where=text("account_id is not null")),
    Index("contacts_merged_into", "merged_into", postgresql_where=text("merged_into is not null")),
    Index("contacts_titled", "title", "id", postgresql_where=text("merged_into is null")),
    Index("contacts_last_seen", "last_event_day", postgresql_where=text("merged_into is null")),
    Index("contacts_search", "search", postgresql_using="gin", postgresql_where=text("search is not null")),
    Index("contacts_tags", "tags", postgresql_using="gin", postgresql_where=text("tags <> '{}'")),
    Index("contacts_stage", "stage", postgresql_where=text("stage is not null")),
    postgresql_with={"fillfactor": 85},
)

subjects = Table(
    "subjects",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("contact_id", Uuid, nullable=False),
    Column("home_contact_id", Uuid, nullable=False),
    Column("kind", Text, CheckConstraint("kind in ('anonymous', 'known')", name="kind"), nullable=False),
    Column("attributes", Text, nullable=False, server_default="{}"),
    Column("tags", Text, nullable=False, server_default="{}"),
    Column("stages", Text, nullable=False, server_default="[]"),
    Index("subjects_contact", "contact_id"),
)

identifiers = Table(
    "identifiers",
    metadata,
    Column(
        "kind", Text, CheckConstraint("kind in ('anonymous_id', 'user_id', 'email')", name="kind"), primary_key=True
    ),
    Column("value", Text, primary_key=True),
    Column("subject_id", Uuid, nullable=False),
    Index("identifiers_subject", "subject_id"),
)

attribute_changes = Table(
    "attribute_changes",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("subject_id", Uuid),
    Column("account_id", Uuid),
    Column("field", Text, nullable=False),
    Column("value", Text),
    Column("source", Text, nullable=False),
    Column("at", MOMENT, nullable=False),
    Column("xid", Xid8, nullable=False, server_default=func.pg_current_xact_id()),
    Index("attribute_changes_subject", "subject_id", "at"),
    Index("attribute_changes_xid", "xid"),
)

merges = Table(
    "merges",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("into_contact", Uuid, nullable=False),
    Column("from_contact", Uuid, nullable=False),
    Column("subjects", ARRAY(Uuid), nullable=False),
    Column("reason", Text, nullable=False),
    Column("by_hand", Boolean, nullable=False),
    Column("at", MOMENT, nullable=False),
    Column("undone_at", MOMENT),
    Index("merges_into", "into_contact"),
    Index("merges_from", "from_contact"),
)
