"""The workspace: what was settled when the database was created and holds for all processes."""

from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from leadlight.kit.db import Connection


class Workspace(msgspec.Struct, frozen=True):
    """One database is one workspace; `hash_key` (32 bytes) keys all digests of personal data."""

    id: UUID
    zone: ZoneInfo
    hash_key: bytes


async def load_workspace(conn: Connection) -> Workspace:
    """Read the one row; the schema must be current."""
    [row] = await conn.fetch("select id, time_zone, hash_key from workspace")
    return Workspace(row["id"], ZoneInfo(row["time_zone"]), row["hash_key"])
