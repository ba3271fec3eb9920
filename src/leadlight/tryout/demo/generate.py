"""The whole demo year as Segment-shaped calls in time order."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any

from leadlight.kit.days import DAY_US, day_number
from leadlight.tryout.demo.behaviour import year_of
from leadlight.tryout.demo.calls import Writer
from leadlight.tryout.demo.companies import make_companies
from leadlight.tryout.demo.deals import deals
from leadlight.tryout.demo.moments import Moment
from leadlight.tryout.demo.passers_by import Passer, passers_by
from leadlight.tryout.demo.people import Person, make_people

SEED = 20
DAYS = 365
ACCOUNTS = 1_500
CONTACTS = 5_000
EVENTS = 250_000


def demo_calls(end: date, scale: float = 1.0, seed: int = SEED) -> Iterator[dict[str, Any]]:
    """The calls of the 365 days before `end` (UTC), oldest first: 250,000 times `scale`, of 5,000 people in 1,500 firms times `scale`.

    The same arguments give the same calls; message ids name `end` and count up.
    """
    last_day = day_number(end)
    people, moments = _people_moments(Random(f"{seed}/people"), scale, last_day)
    missing = round(EVENTS * scale) - len(moments)
    passers, more = _passers_moments(Random(f"{seed}/passers-by"), len(people), last_day, missing)
    moments += more
    moments.sort()
    write = Writer(end, people, passers)
    return (write(number, moment) for number, moment in enumerate(moments))


def _people_moments(random: Random, scale: float, last_day: int) -> tuple[list[Person], list[Moment]]:
    first_day = last_day - DAYS
    companies = make_companies(random, round(ACCOUNTS * scale), first_day, last_day)
    people = make_people(random, companies, round(CONTACTS * scale), first_day, last_day - 1)
    colleagues: dict[int, list[Person]] = defaultdict(list)
    moments: list[Moment] = []
    for person in people:
        colleagues[person.company.number].append(person)
        moments += year_of(random, person, first_day, last_day)
    for company in companies:
        moments += deals(random, company, colleagues[company.number], last_day)
    return people, _within(moments, first_day, last_day)


def _passers_moments(
    random: Random, first_number: int, last_day: int, wanted: int
) -> tuple[list[Passer], list[Moment]]:
    """Passers-by until `wanted` moments are there."""
    passers: list[Passer] = []
    moments: list[Moment] = []
    crowd = passers_by(random, first_number, last_day - DAYS, last_day)
    while len(moments) < wanted:
        passer, theirs = next(crowd)
        passers.append(passer)
        moments += _within(theirs, last_day - DAYS, last_day)
    return passers, moments[: max(wanted, 0)]


def _within(moments: list[Moment], first_day: int, last_day: int) -> list[Moment]:
    return [moment for moment in moments if first_day * DAY_US <= moment.at_us < last_day * DAY_US]
