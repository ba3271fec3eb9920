"""Arrivals, and a small model whose sums are easy to do in the head."""

from typing import Any

import msgspec

from leadlight import definitions
from leadlight.app import App
from leadlight.events import Incoming
from leadlight.kit.days import DAY_US
from leadlight.kit.ids import digest_id, new_id

MODEL: dict[str, Any] = {
    "label": "Small",
    "rules": [
        {"key": "page", "label": "Viewed a page", "did": "page_viewed", "points": 1},
        {
            "key": "pricing",
            "label": "Viewed pricing",
            "did": "page_viewed",
            "where": {"url.path": {"contains_word": "pricing"}},
            "points": 10,
            "limits": {"day": 2},
            "levels": {"stage": True, "tags": ["product-a"]},
        },
        {"key": "demo", "label": "Watched the demo", "did": "demo_watched", "points": 50, "fade": {"expire": "31d"}},
        {"key": "home", "label": "Home market", "when": {"field": "contact.country", "in": ["PL", "HR"]}, "points": 20},
    ],
    "bands": [
        {"key": "cold", "label": "Cold"},
        {"key": "warm", "label": "Warm", "from": 30, "leave_below": 25},
        {"key": "ready", "label": "Sales-ready", "from": 70, "leave_below": 60},
    ],
    "grade": {"fit": [20, 10, 5], "engagement": [60, 30, 10]},
    "sales_ready": "ready",
}

START_US = 20_000 * DAY_US
"""Start of an ordinary Friday (2024-10-04), UTC."""


def arrival(kind: str, at_us: int = START_US, **values: Any) -> Incoming:
    """An accepted event; `properties` may be an object."""
    message_id = values.pop("message_id", None) or str(new_id())
    properties = values.pop("properties", {})
    return Incoming(
        id=digest_id("test", message_id),
        kind=kind,
        name=kind,
        source="test",
        message_id=message_id,
        at_us=at_us,
        received_us=values.pop("received_us", at_us),
        day=at_us // DAY_US,
        properties=msgspec.json.encode(properties).decode(),
        **values,
    )


def pricing(at_us: int = START_US, **values: Any) -> Incoming:
    """A view of the pricing page."""
    return arrival("page_viewed", at_us, url_host="example.com", url_path="/pricing", **values)


async def publish(app: App, body: dict[str, Any] = MODEL, key: str = "default") -> None:
    """Publish a score model on a workspace that has nobody in it."""
    async with app.db.transaction() as conn:
        revision = definitions.Revision("score-models", key, body, author="test")
        await definitions.put(conn, app.definitions, revision, START_US)
        await definitions.publish(conn, app.definitions, "score-models", key, START_US)
