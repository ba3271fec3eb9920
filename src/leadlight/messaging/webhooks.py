"""Webhook endpoints: the definition kind `webhooks`, and which messages an event makes for them."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

import httpx2
import msgspec

from leadlight.kit.days import from_us
from leadlight.kit.errors import InvalidDocument, Problem
from leadlight.messaging.errors import PayloadTooLarge
from leadlight.messaging.model import Message

CHANNEL = "webhook"
TEST_EVENT = "webhook.test"
ALL_EVENTS = "*"
MOST_PAYLOAD_BYTES = 20_000
MOST_URL_CHARS = 2_000
FIELDS = {"url": str, "events": list, "enabled": bool, "description": str}


class Webhook(msgspec.Struct, frozen=True):
    """An endpoint that wants to hear of `events` (`*`: of all)."""

    key: str
    url: str
    events: tuple[str, ...] = (ALL_EVENTS,)
    enabled: bool = True
    description: str = ""

    def wants(self, event: str) -> bool:
        """Whether to tell it of `event`; a test is always told."""
        return self.enabled and (event == TEST_EVENT or ALL_EVENTS in self.events or event in self.events)


def parse_webhook(body: dict[str, Any], key: str, known_events: Collection[str]) -> Webhook:
    """The endpoint a document describes; raises InvalidDocument with every problem."""
    problems = [
        Problem(name, f"an unknown field {name!r}", f"one of {', '.join(FIELDS)}")
        for name in body
        if name not in FIELDS
    ]
    for name, kind in FIELDS.items():
        if name in body and not isinstance(body[name], kind):
            problems.append(Problem(name, msgspec.json.encode(body[name]).decode()[:80], _JSON_NAMES[kind]))
    if not problems:
        problems = [*_url_problems(body.get("url")), *_event_problems(body.get("events", []), known_events)]
    if problems:
        raise InvalidDocument(problems)
    return Webhook(
        key=key,
        url=body["url"],
        events=tuple(body.get("events", (ALL_EVENTS,))),
        enabled=body.get("enabled", True),
        description=body.get("description", ""),
    )


def messages_for(
    webhooks: Iterable[Webhook],
    event: str,
    occasion: str,
    data: dict[str, Any],
    at_us: int,
    contact_id: UUID | None = None,
) -> list[Message]:
    """One message for each endpoint that wants the event; raises PayloadTooLarge.

    `occasion` says which happening this is, so that a repeat is recognised.
    """
    wanting = [webhook for webhook in webhooks if webhook.wants(event)]
    if not wanting:
        return []
    body = payload(event, data, at_us)
    return [Message(CHANNEL, webhook.key, f"{event}:{occasion}", body, contact_id) for webhook in wanting]


def payload(event: str, data: dict[str, Any], at_us: int) -> str:
    """`{type, timestamp, data}` as JSON text; raises PayloadTooLarge."""
    text = msgspec.json.encode({"type": event, "timestamp": from_us(at_us), "data": data})
    if len(text) > MOST_PAYLOAD_BYTES:
        raise PayloadTooLarge(f"{event}: {len(text):,} bytes")
    return text.decode()


def _url_problems(url: str | None) -> list[Problem]:
    expected = "an absolute http or https address without user name and fragment"
    if not url:
        return [Problem("url", "nothing" if url is None else "empty text", expected)]
    try:
        parsed = httpx2.URL(url)
    except (httpx2.InvalidURL, ValueError) as error:
        return [Problem("url", f"{url[:80]!r} ({error})", expected)]
    fits = parsed.scheme in {"http", "https"} and parsed.host and not parsed.userinfo and not parsed.fragment
    if not fits or len(url) > MOST_URL_CHARS:
        return [Problem("url", repr(url[:80]), f"{expected}, at most {MOST_URL_CHARS} characters")]
    return []


def _event_problems(events: Sequence[Any], known_events: Collection[str]) -> list[Problem]:
    expected = f"{ALL_EVENTS!r} or one of {', '.join(sorted(known_events))}"
    return [
        Problem(f"events[{index}]", msgspec.json.encode(event).decode()[:80], expected)
        for index, event in enumerate(events)
        if not (isinstance(event, str) and (event == ALL_EVENTS or event in known_events))
    ]


_JSON_NAMES = {str: "text", list: "a list", bool: "true or false"}
