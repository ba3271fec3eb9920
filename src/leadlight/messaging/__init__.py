"""What leaves the system: the outbox, its deliverer, and webhooks."""

from leadlight.messaging.deliver import Bounds, Channel, Deliverer
from leadlight.messaging.errors import MessageMoved, PayloadTooLarge, UnknownMessage, UnknownWebhook
from leadlight.messaging.model import Accepted, Claimed, Message, MessageState, Outcome, Refused, Unclear
from leadlight.messaging.secrets import ensure_secret
from leadlight.messaging.service import (
    RESOLUTIONS,
    Filter,
    Secret,
    Sent,
    disable_webhook,
    list_messages,
    load_webhooks,
    read_message,
    read_secrets,
    replace_secret,
    resolve,
    retry,
    send_test,
)
from leadlight.messaging.store import Backlog, are_in_hand, backlog, enqueue, next_due_us
from leadlight.messaging.webhook_channel import WebhookChannel
from leadlight.messaging.webhooks import Webhook, messages_for, parse_webhook

__all__ = [
    "RESOLUTIONS",
    "Accepted",
    "Backlog",
    "Bounds",
    "Channel",
    "Claimed",
    "Deliverer",
    "Filter",
    "Message",
    "MessageMoved",
    "MessageState",
    "Outcome",
    "PayloadTooLarge",
    "Refused",
    "Secret",
    "Sent",
    "Unclear",
    "UnknownMessage",
    "UnknownWebhook",
    "Webhook",
    "WebhookChannel",
    "are_in_hand",
    "backlog",
    "disable_webhook",
    "enqueue",
    "ensure_secret",
    "list_messages",
    "load_webhooks",
    "messages_for",
    "next_due_us",
    "parse_webhook",
    "read_message",
    "read_secrets",
    "replace_secret",
    "resolve",
    "retry",
    "send_test",
]
