"""Webhooks: their secrets, and a test. The endpoints themselves are definitions of kind `webhooks`."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from leadlight import messaging
from leadlight.api.auth import needs
from leadlight.api.context import TheApp
from leadlight.api.messages import MessageOut, shown_message

router = APIRouter(prefix="/api/webhooks", tags=["webhooks"])


class SecretOut(BaseModel):
    """A signing secret; `expires_at` is set on an old one while it is being replaced."""

    secret: str
    expires_at: datetime | None = None


class SecretList(BaseModel):
    """The secrets that are valid now, newest first; there is never a next page."""

    items: list[SecretOut]
    next: None = None


@router.get("/{key}/secret", dependencies=[needs("admin")])
async def read_webhook_secrets(key: str, app: TheApp) -> SecretList:
    """The secrets that messages are signed with now."""
    async with app.db.connection() as conn:
        found = await messaging.read_secrets(conn, key, await app.clock.now_us(conn))
    return SecretList(items=[SecretOut(secret=one.secret, expires_at=one.expires_at) for one in found])


@router.post("/{key}/rotate-secret", dependencies=[needs("admin")])
async def rotate_webhook_secret(key: str, app: TheApp) -> SecretOut:
    """Make a new secret. Messages carry signatures by the old and the new one for 24 hours."""
    async with app.db.transaction() as conn:
        made = await messaging.replace_secret(conn, key, await app.clock.now_us(conn))
    return SecretOut(secret=made.secret)


@router.post("/{key}/test", status_code=202, dependencies=[needs("write")])
async def send_webhook_test(key: str, app: TheApp) -> MessageOut:
    """Send a `webhook.test` message the way all others go; what became of it is in `GET /api/messages/{id}`."""
    async with app.db.transaction() as conn:
        message_id = await messaging.send_test(conn, key, await app.clock.now_us(conn))
        return shown_message(await messaging.read_message(conn, message_id))
