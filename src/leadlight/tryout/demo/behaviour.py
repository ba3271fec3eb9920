"""A person's year: before and after becoming known, in quiet times and while the firm searches for a product."""

from collections.abc import Iterator
from math import exp
from random import Random

from leadlight.kit.days import DAY_US, SECOND_US
from leadlight.tryout.demo.companies import Search
from leadlight.tryout.demo.mails import mails
from leadlight.tryout.demo.moments import Moment
from leadlight.tryout.demo.people import Person
from leadlight.tryout.demo.visits import Stretch, visit, visits
from leadlight.tryout.demo.world import working_time_us

QUIET_VISITS_A_YEAR = 6.5
JOB_SEEKER_SHARE = 0.04
YEAR_DAYS = 365


def year_of(random: Random, person: Person, first_day: int, last_day: int) -> Iterator[Moment]:
    """All that one person does, in no order; deals apart."""
    joined_us = working_time_us(random, person.joined_day, person.company.country.zone)
    yield from _becoming_known(random, person, joined_us, first_day)
    yield from _quiet_visits(random, person, last_day)
    if person.company.search is not None:
        yield from _search_visits(random, person, person.company.search, last_day)
    if person.is_subscribed:
        yield from mails(random, person, last_day)


def _becoming_known(random: Random, person: Person, joined_us: int, first_day: int) -> Iterator[Moment]:
    """Anonymous visits, then the form (or the import) that gives the name."""
    who, zone = person.number, person.company.country.zone
    if person.source == "form" and person.joined_day > first_day:
        before = max(first_day, person.joined_day - 40)
        count = random.choice((0, 1, 1, 2, 4))
        stretch = Stretch(before, max(before, person.joined_day - 1), zone)
        yield from visits(random, who, count, stretch, "learn")
        campaign = str(random.randrange(5)) if random.random() < 0.35 else ""
        yield from visit(random, who, joined_us - 1200 * SECOND_US, "learn", campaign)
        form = random.choice(("newsletter", "download", "download", "webinar", "demo-request", "contact"))
        yield Moment(joined_us, who, 1, "Form Submitted", form)
    if person.source == "fair":
        yield Moment(joined_us, who, 1, "Trade Fair Visited", "translogistica")
    yield Moment(joined_us, who, 2, "identify")
    yield Moment(joined_us, who, 3, "group")
    if random.random() < 0.15:  # later confirmed, with a new title now and then
        yield Moment(joined_us + random.randint(30, 200) * DAY_US, who, 0, "identify", "confirmed")


def _quiet_visits(random: Random, person: Person, last_day: int) -> Iterator[Moment]:
    days = last_day - person.joined_day
    count = round(QUIET_VISITS_A_YEAR * days / YEAR_DAYS * person.curiosity * random.uniform(0.4, 1.6))
    stretch = Stretch(person.joined_day, last_day, person.company.country.zone)
    is_job_seeker = random.random() < JOB_SEEKER_SHARE
    for _ in range(count if days > 0 else 0):
        mood = "job" if is_job_seeker and random.random() < 0.6 else random.choice(("browse", "browse", "learn"))
        yield from visits(random, person.number, 1, stretch, mood)


def _search_visits(random: Random, person: Person, search: Search, last_day: int) -> Iterator[Moment]:
    """While the firm searches, those whose role pulls come more often, and with the mind to buy."""
    first, last = max(search.first_day, person.joined_day), min(search.last_day, last_day)
    if first >= last or random.random() > 0.35 + 0.35 * person.role.pull:
        return
    stretch = Stretch(first, last, person.company.country.zone)
    count = round(random.uniform(1, 3) + 2.5 * exp(0.55 * search.intent + 0.3 * person.role.pull))
    for _ in range(min(count, 25)):
        mood = random.choice(("evaluate", "evaluate", "learn"))
        yield from visits(random, person.number, 1, stretch, mood)
    if random.random() < 0.12 + 0.1 * max(search.intent, 0):
        yield Moment(stretch.moment_us(random), person.number, 0, "Meeting Booked", "call")
