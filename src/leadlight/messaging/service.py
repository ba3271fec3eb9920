"""Use cases on messages and webhooks, inside the caller's transaction."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from leadlight import definitions
from leadlight.definitions import Definition, Registry, Revision
from leadlight.kit.days import from_us
from leadlight.kit.db import Connection
from leadlight.kit.ids import new_id
from leadlight.messaging import store
from leadlight.messaging.errors import MessageMoved, UnknownMessage, UnknownWebhook
from leadlight.messaging.model import MessageState
from leadlight.messaging.secrets import rotate_secret, valid_secrets
from leadlight.messaging.signing import shown
from leadlight.messaging.webhooks import TEST_EVENT, Webhook, messages_for

WEBHOOKS = "webhooks"
RETRIABLE = (MessageState.FAILED, MessageState.CANCELLED, MessageState.QUEUED)
RESOLUTIONS = {
    "accepted": MessageState.ACCEPTED,
    "cancelled": MessageState.CANCELLED,
    "send_again": MessageState.QUEUED,
}

SELECT = """
select id, channel, target, occasion, contact_id, state, attempts, next_at, last_error, created_at, finished_at from outbox
"""
LIST = f"""{SELECT}
where ($1::uuid is null or id < $1) and ($2::text is null or state = $2) and ($3::text is null or channel = $3)
  and ($4::text is null or target = $4) order by id desc limit $5
"""
MOVE = """
update outbox set state = $2, next_at = $3::timestamptz, attempts = case when $2 = 'queued' then 0 else attempts end,
  finished_at = case when $2 = 'queued' then null else $3::timestamptz end
where id = $1 and state = any($4::text[])
"""


class Sent(msgspec.Struct, frozen=True):
    """A message as people see it."""

    id: UUID
    channel: str
    target: str
    occasion: str
    contact_id: UUID | None
    state: MessageState
    attempts: int
    next_at: datetime
    last_error: str | None
    created_at: datetime
    finished_at: datetime | None


class Secret(msgspec.Struct, frozen=True):
    """A signing secret as receivers write it down; `expires_at` is set while it is being replaced."""

    secret: str
    expires_at: datetime | None = None


class Filter(msgspec.Struct, frozen=True):
    """Which messages to list; None: any."""

    state: MessageState | None = None
    channel: str | None = None
    target: str | None = None


async def list_messages(conn: Connection, wanted: Filter, before: UUID | None, limit: int) -> list[Sent]:
    """Messages older than `before`, newest first."""
    rows = await conn.fetch(LIST, before, wanted.state, wanted.channel, wanted.target, limit)
    return [msgspec.convert(dict(row), Sent) for row in rows]


async def read_message(conn: Connection, message_id: UUID) -> Sent:
    """One message; raises UnknownMessage."""
    row = await conn.fetchrow(f"{SELECT} where id = $1", message_id)
    if row is None:
        raise UnknownMessage(str(message_id))
    return msgspec.convert(dict(row), Sent)


async def retry(conn: Connection, message_id: UUID, now_us: int) -> Sent:
    """Hand a failed, cancelled or waiting message now, with all attempts before it; raises MessageMoved, UnknownMessage."""
    return await _move(conn, message_id, MessageState.QUEUED, RETRIABLE, now_us)


async def resolve(conn: Connection, message_id: UUID, resolution: str, now_us: int) -> Sent:
    """Decide about a message in doubt: one of RESOLUTIONS; raises MessageMoved, UnknownMessage."""
    return await _move(conn, message_id, RESOLUTIONS[resolution], (MessageState.IN_DOUBT,), now_us)


async def _move(
    conn: Connection, message_id: UUID, state: MessageState, from_states: Collection[MessageState], now_us: int
) -> Sent:
    moved = await conn.execute(MOVE, message_id, state, from_us(now_us), list(from_states))
    found = await read_message(conn, message_id)
    if moved == "UPDATE 0":
        raise MessageMoved(f"found {found.state}, expected {' or '.join(from_states)}")
    return found


async def load_webhooks(conn: Connection) -> tuple[Webhook, ...]:
    """All published endpoints, by key."""
    return tuple(_webhook(item) for item in await definitions.published(conn, WEBHOOKS))


async def send_test(conn: Connection, key: str, now_us: int) -> UUID:
    """Queue a test message for one endpoint; returns its id. Raises UnknownWebhook, MessageMoved when it is disabled."""
    webhook = await _one(conn, key)
    data = {"webhook": key, "text": "If you can read this and the signature holds, the webhook works."}
    messages = messages_for([webhook], TEST_EVENT, str(new_id()), data, now_us)
    if not messages:
        raise MessageMoved(f"the webhook {key} is disabled")
    await store.enqueue(conn, messages, now_us)
    return messages[0].id


async def read_secrets(conn: Connection, key: str, now_us: int) -> Sequence[Secret]:
    """The valid secrets, newest first; raises UnknownWebhook."""
    await _one(conn, key)
    found = await valid_secrets(conn, [key], now_us)
    return [Secret(shown(secret), expires_at) for secret, expires_at in found.get(key, [])]


async def replace_secret(conn: Connection, key: str, now_us: int) -> Secret:
    """A new secret; messages carry signatures by both for a day. Raises UnknownWebhook."""
    await _one(conn, key)
    return Secret(shown(await rotate_secret(conn, key, now_us)))


async def disable_webhook(conn: Connection, registry: Registry, key: str, reason: str, now_us: int) -> None:
    """Publish the endpoint as disabled; a draft of the user stays a draft. Nothing happens when it is disabled already."""
    live = next((item for item in await definitions.published(conn, WEBHOOKS) if item.key == key), None)
    if live is None or not live.body.get("enabled", True):
        return
    draft = await definitions.current(conn, WEBHOOKS, key)
    await definitions.put(conn, registry, _revision(live, reason, enabled=False), now_us)
    await definitions.publish(conn, registry, WEBHOOKS, key, now_us)
    if draft is not None and draft.version != live.version:
        await definitions.put(conn, registry, _revision(draft, draft.comment), now_us)


async def _one(conn: Connection, key: str) -> Webhook:
    for webhook in await load_webhooks(conn):
        if webhook.key == key:
            return webhook
    raise UnknownWebhook(key[:80])


def _revision(item: Definition, comment: str, **changes: object) -> Revision:
    author = "leadlight" if changes else item.author
    return Revision(item.kind, item.key, item.body | changes, author, comment)


def _webhook(item: Definition) -> Webhook:
    """Published documents were valid when they were published; events that are no longer known are no reason to stop."""
    return msgspec.convert(item.body | {"key": item.key}, Webhook)
