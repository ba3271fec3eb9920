"""Events as tests make them: what is not named is plain and valid."""

import json
from itertools import count
from typing import Any
from uuid import UUID

from leadlight.events import Event, Incoming
from leadlight.kit.ids import digest_id, new_id

RECEIVED_US = 1_790_000_000_000_000  # 2026-09-21T14:13:20Z
RECEIVED_DAY = 20_717
_numbers = count(1)


def call(kind: str = "track", **fields: Any) -> dict[str, Any]:
    """A Segment call with an id of its own."""
    body: dict[str, Any] = {"type": kind, "messageId": f"m{next(_numbers)}", "anonymousId": "a1"}
    if kind == "track":
        body["event"] = "Demo Watched"
    return body | fields


def call_text(kind: str = "track", **fields: Any) -> bytes:
    """The same as JSON text."""
    return json.dumps(call(kind, **fields)).encode()


def incoming(**fields: Any) -> Incoming:
    """An accepted event of the browser a1."""
    message_id = fields.setdefault("message_id", f"m{next(_numbers)}")
    values: dict[str, Any] = {
        "id": digest_id("site", message_id),
        "kind": "demo_watched",
        "name": "Demo Watched",
        "source": "site",
        "at_us": RECEIVED_US,
        "received_us": RECEIVED_US,
        "day": RECEIVED_DAY,
        "anonymous_id": "a1",
    }
    return Incoming(**values | fields)


def event(subject_id: UUID | None = None, **fields: Any) -> Event:
    """A stored event."""
    values: dict[str, Any] = {
        "id": new_id(),
        "subject_id": subject_id or new_id(),
        "kind": "demo_watched",
        "name": "Demo Watched",
        "source": "site",
        "message_id": f"m{next(_numbers)}",
        "at_us": RECEIVED_US,
        "received_us": RECEIVED_US,
        "day": RECEIVED_DAY,
        "url_host": None,
        "url_path": None,
        "url_query": None,
        "referrer_host": None,
        "properties": "{}",
        "context": "{}",
        "excluded": None,
    }
    return Event(**values | fields)
