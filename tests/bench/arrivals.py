"""New events of people who are in a workspace already, and of a few who are not."""

import random
from typing import Any

from leadlight.app import App
from leadlight.events import Incoming
from leadlight.kit.clock import machine_us
from leadlight.kit.days import DAY_US, SECOND_US
from leadlight.kit.ids import digest_id, new_id

PATHS = (
    "/",
    "/blog/a",
    "/blog/b",
    "/docs/start",
    "/docs/api",
    "/about",
    "/product/plan",
    "/pricing",
    "/careers",
    "/demo",
)
OTHER_KINDS = ("email_opened", "email_clicked", "form_submitted", "file_downloaded", "button_clicked")
VISIT = 4
NEW_PEOPLE = 0.03
IDENTIFYING = 0.02
PAGES = 0.72
SPREAD_US = 600 * SECOND_US
CONTEXT = '{"userAgent":"Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/143.0"}'

Names = list[tuple[str, str]]
"""(kind, value) of identifiers."""


async def names_of(app: App, count: int) -> Names:
    """Identifiers of as many people, at random."""
    share = 3 * count / max(1, await app.db.pool.fetchval("select count(*) from identifiers"))
    rows = await app.db.pool.fetch(
        "select kind, value from identifiers where kind <> 'email' and random() < $1 limit $2", min(1.0, share), count
    )
    found = [(row["kind"], row["value"]) for row in rows]
    random.shuffle(found)
    return found


def arrivals_of(names: Names, count: int) -> list[Incoming]:
    """As many events of the last minutes: visits of VISIT events each, all mixed up, as far as there are enough people."""
    dice = random.Random(len(names))
    now_us = machine_us()
    visitors = names[: max(1, count // VISIT)]
    return [_arrival(dice, visitors[number % len(visitors)], now_us) for number in range(count)]


def _arrival(dice: random.Random, name: tuple[str, str], now_us: int) -> Incoming:
    kind, value = ("anonymous_id", str(new_id())) if dice.random() < NEW_PEOPLE else name
    at_us = now_us - dice.randrange(SPREAD_US)
    message_id = str(new_id())
    common: dict[str, Any] = {
        "id": digest_id("bench", message_id),
        "source": "bench",
        "message_id": message_id,
        "at_us": at_us,
        "received_us": now_us,
        "day": at_us // DAY_US,
        "context": CONTEXT,
        kind: value,
    }
    what = dice.random()
    if what < IDENTIFYING and kind == "user_id":
        return Incoming(kind="identified", name="", traits={"country": dice.choice(["PL", "HR", "DE"])}, **common)
    if what < PAGES:
        return Incoming(
            kind="page_viewed",
            name="",
            url_host="www.firm.example",
            url_path=dice.choice(PATHS),
            properties='{"title":"A page of the firm"}',
            **common,
        )
    other = dice.choice(OTHER_KINDS)
    return Incoming(kind=other, name=other, properties='{"form":"contact","place":"top"}', **common)
