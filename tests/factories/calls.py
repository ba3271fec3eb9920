"""Calls of the Segment API, as a site and a shop send them."""

from datetime import UTC, datetime, timedelta
from typing import TypeAlias

Call: TypeAlias = dict[str, object]

PAGES = ("/pricing", "/product", "/blog/a-guide", "/demo", "/")


def some_weeks_of(people: int) -> list[Call]:
    """What `people` known persons did in the last weeks; the first did the most, the last was only named."""
    return [call for person in range(people) for call in person_calls(person, people)]


def person_calls(person: int, people: int) -> list[Call]:
    user = {"userId": f"person-{person}"}
    traits = {
        "email": f"person-{person}@przedsiebiorstwo-handlowe.example",
        "name": f"Agnieszka Nowak-{person}",
        "country": "PL",
    }
    named: Call = {"type": "identify", **user, "traits": traits, "messageId": f"identify-{person}"}
    return [named, *(viewed(user, person, number) for number in range(people - person - 1))]


def viewed(user: dict[str, str], person: int, number: int) -> Call:
    at = datetime.now(UTC) - timedelta(days=number * 2, minutes=person)  # noqa: TID251 - the server's own clock runs
    context = {"page": {"url": f"https://example.com{PAGES[number % len(PAGES)]}"}}
    return {
        "type": "page",
        **user,
        "context": context,
        "timestamp": at.isoformat(),
        "messageId": f"page-{person}-{number}",
    }
