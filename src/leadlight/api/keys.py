"""API keys."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, StringConstraints

from leadlight.access import KeyKind, Scope
from leadlight.api.auth import needs
from leadlight.api.context import TheApp

router = APIRouter(prefix="/api/keys", tags=["keys"], dependencies=[needs("admin")])

Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]*$")
]


class NewKey(BaseModel):
    """A key to make; `scopes` only for secret keys."""

    model_config = ConfigDict(extra="forbid")

    kind: KeyKind
    name: Name
    scopes: list[Scope] = []


class CreatedKey(BaseModel):
    """The key; `secret` is shown this once."""

    id: UUID
    kind: KeyKind
    name: str
    scopes: list[Scope]
    secret: str


class ListedKey(BaseModel):
    """A key without its secret; `hint` is the beginning and the end of it."""

    id: UUID
    kind: KeyKind
    name: str
    hint: str
    scopes: list[Scope]
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


class KeyList(BaseModel):
    """All keys; there is never a next page."""

    items: list[ListedKey]
    next: None = None


@router.post("", status_code=201)
async def create_key(new: NewKey, app: TheApp) -> CreatedKey:
    """Make a key."""
    async with app.db.transaction() as conn:
        made = await app.keys.create(conn, new.kind, new.name, tuple(new.scopes))
    return CreatedKey(id=made.key.id, kind=new.kind, name=new.name, scopes=sorted(made.key.scopes), secret=made.secret)


@router.get("")
async def list_keys(app: TheApp) -> KeyList:
    """All keys, oldest first, revoked ones too."""
    async with app.db.connection() as conn:
        keys = await app.keys.list(conn)
    return KeyList(items=[ListedKey.model_validate(key, from_attributes=True) for key in keys])


@router.delete("/{key_id}", status_code=204)
async def revoke_key(key_id: UUID, app: TheApp) -> None:
    """Refuse the key from now on; other web processes follow within 5 seconds."""
    async with app.db.transaction() as conn:
        await app.keys.revoke(conn, key_id)
