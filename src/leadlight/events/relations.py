"""What goes to history: append-only tables whose rows carry the transaction that wrote them."""

from typing import NamedTuple

import msgspec

from leadlight.kit.errors import LeadlightError


class Relation(NamedTuple):
    """`source`: the columns in PostgreSQL; `columns`: the same in history, in DuckDB's SQL; `order`: inside a file."""

    name: str
    source: str
    columns: str
    order: str

    def rows(self, from_xid: int, to_xid: int | None) -> str:
        """PostgreSQL's query for the rows of transactions from `from_xid` up to, not including, `to_xid`."""
        until = "" if to_xid is None else f" and xid < '{to_xid}'::xid8"
        return f"select {self.source} from {self.name} where xid >= '{from_xid}'::xid8{until}"

    def file(self, from_xid: int, to_xid: int) -> str:
        """Where the rows of these transactions go, relative to the root of history."""
        return f"{self.name}/{from_xid:020d}-{to_xid:020d}.parquet"


class Sealed(msgspec.Struct, frozen=True):
    """One file: rows of transactions from `from_xid` up to, not including, `to_xid`."""

    relation: str
    file: str
    from_xid: int
    to_xid: int
    rows: int


EVENTS = Relation(
    name="events",
    source="id, subject_id, kind, name, source, message_id, at as happened_at, received_at, day, url_host, url_path, url_query,"
    " referrer_host, properties, context, excluded, xid::text::bigint as xid",
    columns="id, subject_id, kind, name, source, message_id, epoch_us(happened_at) as at_us, epoch_us(received_at) as received_us,"
    " day, url_host, url_path, url_query, referrer_host, properties, context, excluded, xid",
    order="subject_id, at_us, id",
)

ATTRIBUTE_CHANGES = Relation(
    name="attribute_changes",
    source="id, subject_id, account_id, field, value, source, at as happened_at, xid::text::bigint as xid",
    columns="id, subject_id, account_id, field, value, source, epoch_us(happened_at) as at_us, xid",
    order="subject_id, account_id, id",
)

RELATIONS = (EVENTS, ATTRIBUTE_CHANGES)


class HistoryAhead(LeadlightError):
    """History holds later transactions than the server has had: the database was copied to another server.

    All rows are still in it: run `truncate sealed; update events set xid = default; update attribute_changes set xid = default;`.
    """

    code = "history_ahead"


def refuse_ahead(sealed_to: int, next_xid: int) -> None:
    """Raise HistoryAhead when files end after `next_xid`, the first transaction of the server that has not ended."""
    if sealed_to > next_xid:
        raise HistoryAhead(f"files end at transaction {sealed_to}, the server has come to {next_xid}")
