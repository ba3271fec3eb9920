"""API keys: made, listed, revoked, and found for each request without a query each time."""

import time
from datetime import datetime
from uuid import UUID

import msgspec

from leadlight.access.model import (
    PREFIXES,
    ApiKey,
    Key,
    KeyKind,
    Scope,
    checked_scopes,
    digest,
    hint,
    new_secret,
)
from leadlight.kit.db import Connection, Database
from leadlight.kit.errors import NotFound
from leadlight.kit.ids import new_id

CACHE_SECONDS = 5.0
CACHE_SIZE = 10_000


class Listed(msgspec.Struct, frozen=True):
    """A key as lists show it."""

    id: UUID
    kind: KeyKind
    name: str
    hint: str
    scopes: list[Scope]
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


class ApiKeys:
    """The keys of the workspace; what `find` answers may be a few seconds old."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._cache: dict[bytes, tuple[float, ApiKey | None]] = {}

    async def create(self, conn: Connection, kind: KeyKind, name: str, scopes: tuple[Scope, ...] = ()) -> Key:
        """A new key; raises InvalidKey."""
        key = ApiKey(new_id(), kind, name, checked_scopes(kind, scopes))
        secret = new_secret(PREFIXES[kind])
        await conn.execute(
            "insert into api_keys (id, kind, name, hash, hint, scopes, created_at) values ($1, $2, $3, $4, $5, $6, now())",
            key.id,
            kind,
            name,
            digest(secret),
            hint(secret),
            sorted(key.scopes),
        )
        return Key(key, secret)

    async def find(self, secret: str) -> ApiKey | None:
        """The valid key with this secret."""
        hashed = digest(secret)
        now = time.monotonic()
        expires, key = self._cache.get(hashed, (0.0, None))
        if now < expires:
            return key
        key = await self._load(hashed)
        if len(self._cache) >= CACHE_SIZE:
            self._cache.clear()
        self._cache[hashed] = (now + CACHE_SECONDS, key)
        return key

    async def list(self, conn: Connection) -> list[Listed]:
        """All keys, oldest first, revoked ones too."""
        columns = ", ".join(Listed.__struct_fields__)
        return [Listed(**dict(row)) for row in await conn.fetch(f"select {columns} from api_keys order by id")]

    async def revoke(self, conn: Connection, key_id: UUID) -> None:
        """Refuse the key from now on (other processes: within 5 seconds); raises NotFound."""
        found = await conn.fetchval(
            "update api_keys set revoked_at = coalesce(revoked_at, now()) where id = $1 returning id", key_id
        )
        if found is None:
            raise NotFound(f"there is no key {key_id}")
        self._cache.clear()

    async def _load(self, hashed: bytes) -> ApiKey | None:
        async with self._db.connection() as conn:
            row = await conn.fetchrow(
                "select id, kind, name, scopes, last_used_at is null or last_used_at < now() - interval '1 minute' as note"
                " from api_keys where hash = $1 and revoked_at is null",
                hashed,
            )
            if row is None:
                return None
            if row["note"]:
                await conn.execute("update api_keys set last_used_at = now() where id = $1", row["id"])
        return ApiKey(row["id"], row["kind"], row["name"], frozenset(row["scopes"]))
