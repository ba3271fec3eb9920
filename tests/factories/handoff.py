"""Ready contacts, their scores and hand-offs."""

from typing import Any
from uuid import UUID

import msgspec

from leadlight.events import Event
from leadlight.handoff import HandOff, open_one
from leadlight.kit.ids import new_id
from leadlight.people import Contact
from leadlight.scoring import GLOBAL, Band, Line, Model, Score, Statement

NOW = 1_760_000_000_000_000

MODEL = Model(
    key="default",
    version=1,
    label="Default",
    rules=(),
    groups=(),
    bands=(
        Band("cold", "Cold", 0, 0),
        Band("warm", "Warm", 3000, 2500),
        Band("ready", "Sales-ready", 8000, 7000),
        Band("hot", "Hot", 12000, 11000),
    ),
    fit_grades=(60, 40, 20),
    engagement_grades=(60, 40, 20),
    sales_ready="ready",
)


def contact(**changes: Any) -> Contact:
    profile = {"first_name": "Łucja", "last_name": "Šarić"}
    made = Contact(id=new_id(), is_known=True, email="lucja@firma.example", profile=profile)
    return msgspec.structs.replace(made, **changes)


def score(contact_id: UUID, band: str = "ready", total: int = 8250) -> Score:
    return Score(
        contact_id=contact_id,
        model="default",
        version=1,
        as_of_day=20_000,
        total=total,
        fit=3000,
        engagement=total - 3000,
        band=band,
        grade="B1",
        levels={},
        sums={},
        band_since_us=NOW,
    )


def line(rule: str, points: int, label: str = "", level: str = GLOBAL, day: int | None = 20_000) -> Line:
    return Line(rule, label or rule.title(), level, day, 1, 1, points)


def statement(*lines: Line) -> Statement:
    total = sum(each.points_hundredths for each in lines if each.level == GLOBAL)
    return Statement("default", 1, 20_000, total, 0, total, {}, lines)


def event(at_us: int, name: str = "Page Viewed", path: str | None = "/pricing") -> Event:
    return Event(
        id=new_id(),
        subject_id=new_id(),
        kind="page_viewed",
        name=name,
        source="web",
        message_id=str(at_us),
        at_us=at_us,
        received_us=at_us,
        day=20_000,
        url_host="firma.example" if path else None,
        url_path=path,
        url_query=None,
        referrer_host=None,
        properties="{}",
        context="{}",
        excluded=None,
    )


def opened(person: Contact | None = None, *lines: Line) -> HandOff:
    ready = person or contact()
    told = statement(*(lines or (line("pricing", 8250),)))
    return open_one(ready, score(ready.id), told, [event(NOW)], NOW)
