"""Events that could not be processed: kept with their error, listed, and tried again when somebody asks."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from leadlight.events.drops import DropReason, count_drops
from leadlight.events.exact import readable
from leadlight.events.intake import CHANNEL, shard_of
from leadlight.events.model import Incoming
from leadlight.events.store import encode_body
from leadlight.kit.days import from_us
from leadlight.kit.db import Connection
from leadlight.kit.errors import Conflict, NotFound

_decode_body = msgspec.msgpack.Decoder(Incoming).decode


class SetAside(msgspec.Struct, frozen=True):
    """One event set aside; `event` is None when its bytes cannot be read."""

    id: int
    source: str
    reason: DropReason
    error: str
    at: datetime
    event: Incoming | None

    def readable(self) -> dict[str, Any] | None:
        """The event as plain JSON values, with its properties and context as objects."""
        if self.event is None:
            return None
        values: dict[str, Any] = msgspec.to_builtins(msgspec.structs.asdict(self.event))
        return values | {name: readable(values[name]) for name in ("properties", "context")}


class NotReadable(Conflict):
    """The event set aside cannot be read by this version, so it cannot be tried again."""

    code = "not_readable"


async def set_aside(conn: Connection, failed: Iterable[tuple[Incoming, str]], at_us: int) -> None:
    """Keep events that cannot be processed, each with its error, for `retry_set_aside`."""
    failed = list(failed)
    rows = [(event.source, DropReason.FAILED, error, encode_body(event), from_us(at_us)) for event, error in failed]
    await conn.copy_records_to_table("set_aside", records=rows, columns=("source", "reason", "error", "body", "at"))
    await count_drops(conn, DropReason.FAILED, [event for event, _ in failed])


async def list_set_aside(conn: Connection, before: int | None, limit: int) -> list[SetAside]:
    """Newest first; `before` is the id of the last one of the page before."""
    rows = await conn.fetch(_LIST, before, limit)
    return [
        SetAside(row["id"], row["source"], DropReason(row["reason"]), row["error"], row["at"], _read(row["body"]))
        for row in rows
    ]


async def retry_set_aside(conn: Connection, set_aside_id: int) -> None:
    """Put the event back into the intake; raises NotFound, NotReadable."""
    body = await conn.fetchval("delete from set_aside where id = $1 returning body", set_aside_id)
    if body is None:
        raise NotFound(f"no event is set aside under {set_aside_id}")
    event = _read(body)
    if event is None:
        raise NotReadable(f"the event set aside under {set_aside_id} cannot be read")
    await conn.execute("insert into intake (shard, body) values ($1, $2)", shard_of(event), body)
    await conn.execute(f"notify {CHANNEL}")


def _read(body: Any) -> Incoming | None:
    try:
        return _decode_body(body)
    except msgspec.MsgspecError:
        return None


_LIST = """
select id, source, reason, error, at, body from set_aside
where $1::bigint is null or id < $1 order by id desc limit $2
"""
