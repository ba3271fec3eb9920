"""Handing webhook messages over by HTTP."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from email.utils import parsedate_to_datetime
from uuid import UUID

import httpx2
import msgspec

from leadlight.kit.db import Connection
from leadlight.kit.errors import LeadlightError
from leadlight.messaging.deliver import Mark
from leadlight.messaging.model import Accepted, Claimed, Outcome, Refused
from leadlight.messaging.secrets import valid_secrets
from leadlight.messaging.signing import signed_headers
from leadlight.messaging.webhooks import CHANNEL, Webhook

GONE = 410
EXCERPT_BYTES = 160

LoadWebhooks = Callable[[Connection], Awaitable[Sequence[Webhook]]]
Disable = Callable[[Connection, str, str, int], Awaitable[None]]


class Delivery(msgspec.Struct, frozen=True):
    """Where a message goes and what it is signed with."""

    url: str
    secrets: tuple[bytes, ...]


class Gone(Refused, frozen=True):
    """The receiver wants nothing more, ever (410)."""


class WebhookChannel:
    """Standard Webhooks 1.0.0. Receivers recognise a repeat by `webhook-id`, so a crash may hand a message again."""

    name = CHANNEL
    is_repeatable = True

    def __init__(self, http: httpx2.AsyncClient, load: LoadWebhooks, disable: Disable) -> None:
        self._http = http
        self._load = load
        self._disable = disable

    async def prepare(
        self, conn: Connection, messages: Sequence[Claimed], now_us: int
    ) -> Mapping[UUID, Delivery | Refused]:
        """Endpoint and secrets as they are now; messages to one that is disabled or gone end here."""
        webhooks = {webhook.key: webhook for webhook in await self._load(conn)}
        secrets = await valid_secrets(conn, {message.target for message in messages}, now_us)
        return {
            message.id: _delivery(webhooks.get(message.target), secrets.get(message.target)) for message in messages
        }

    async def hand(self, message: Claimed, prepared: Delivery, mark: Mark) -> Outcome:
        """POST it, signed; anything but 2xx is a refusal. Redirects are not followed."""
        body = message.body.encode()
        # The timestamp guards receivers against replays: it is the machine's time, also while a clock for tests stands still.
        headers = signed_headers(prepared.secrets, message_name(message.id), int(time.time()), body)
        headers |= {"content-type": "application/json", "user-agent": "Leadlight"}
        await mark()
        try:
            async with self._http.stream("POST", prepared.url, content=body, headers=headers) as answer:
                excerpt = b"" if answer.is_success else await _first_bytes(answer)
                return outcome_of(answer.status_code, answer.headers.get("retry-after"), excerpt)
        except TimeoutError:
            raise
        except (httpx2.HTTPError, httpx2.InvalidURL, LeadlightError, OSError) as error:
            return Refused(_shown(f"{type(error).__name__}: {error}"))

    async def settle(self, conn: Connection, message: Claimed, outcome: Outcome, now_us: int) -> None:
        """An endpoint that is gone is disabled; its other messages end when their turn comes."""
        if isinstance(outcome, Gone):
            await self._disable(conn, message.target, "The receiver answered 410 Gone.", now_us)


def message_name(message_id: UUID) -> str:
    """The `webhook-id` of a message, the same at every attempt."""
    return f"msg_{message_id.hex}"


def outcome_of(status: int, retry_after: str | None, excerpt: bytes) -> Outcome:
    """What an answer means."""
    if 200 <= status < 300:
        return Accepted()
    error = _shown(f"HTTP {status} {excerpt.decode('utf-8', 'replace')}")
    if status == GONE:
        return Gone(error, is_final=True)
    return Refused(error, retry_after_s=_seconds(retry_after))


def _delivery(webhook: Webhook | None, secrets: Sequence[tuple[bytes, object]] | None) -> Delivery | Refused:
    if webhook is None:
        return Refused("there is no such webhook any more")
    if not webhook.enabled:
        return Refused("the webhook is disabled")
    if not secrets:
        return Refused("the webhook has no secret")
    return Delivery(webhook.url, tuple(secret for secret, _ in secrets))


def _seconds(retry_after: str | None) -> float | None:
    """Retry-After as seconds from now (RFC 9110, section 10.2.3); None when absent or not readable."""
    if retry_after is None:
        return None
    if re.fullmatch(r"\s*[0-9]{1,10}\s*", retry_after):
        return float(retry_after)
    try:
        return max(0.0, parsedate_to_datetime(retry_after).timestamp() - time.time())
    except (ValueError, OverflowError):
        return None


async def _first_bytes(answer: httpx2.Response) -> bytes:
    """The beginning of a body, read for a moment only; a receiver may send without end."""
    first = b""
    try:
        async with asyncio.timeout(1.0):
            async for chunk in answer.aiter_raw():
                first += chunk
                if len(first) >= EXCERPT_BYTES:
                    break
    except (TimeoutError, httpx2.HTTPError):
        pass
    return first[:EXCERPT_BYTES]


def _shown(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)[:200].strip()
