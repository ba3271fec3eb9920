"""The mails of the demo and what comes of them: opens, clicks, machine opens, unsubscribes, bounces."""

from collections.abc import Iterator
from random import Random

from leadlight.kit.days import DAY_US, SECOND_US
from leadlight.tryout.demo.moments import Moment
from leadlight.tryout.demo.people import Person
from leadlight.tryout.demo.visits import visit
from leadlight.tryout.demo.world import site, working_time_us

MACHINE = "machine"
BOUNCE_SHARE = 0.025
UNSUBSCRIBE_SHARE = 0.006
MACHINE_OPEN_SHARE = 0.06
CLICK_SHARE = 0.14


def mails(random: Random, person: Person, last_day: int) -> Iterator[Moment]:
    """Reactions to the welcome mail and the newsletters, until the address bounces or unsubscribes."""
    bounces_at = random.randint(1, 20) if random.random() < BOUNCE_SHARE else None
    names = site().newsletters
    every = site().email_every_days
    days = [person.joined_day, *(day for day in range(person.joined_day + 1, last_day) if day % every == 5)]
    for number, day in enumerate(days):
        mail = "welcome" if number == 0 else names[day // every % len(names)]
        at_us = working_time_us(random, day, person.company.country.zone)
        if number == bounces_at:
            yield Moment(at_us, person.number, 0, "Email Bounced", mail, "hard")
            return
        for moment in _reactions(random, person, mail, at_us):
            yield moment
            if moment.what == "Email Unsubscribed":
                return


def _reactions(random: Random, person: Person, mail: str, at_us: int) -> Iterator[Moment]:
    who = person.number
    if random.random() < MACHINE_OPEN_SHARE:
        yield Moment(at_us, who, 0, "Email Opened", mail, MACHINE)
    if random.random() >= person.opens:
        return
    at_us += int(random.expovariate(1 / 30_000)) * SECOND_US
    yield Moment(at_us, who, 1, "Email Opened", mail)
    chance = random.random()
    if chance < UNSUBSCRIBE_SHARE:
        yield Moment(at_us + 40 * SECOND_US, who, 2, "Email Unsubscribed", mail)
    elif chance < CLICK_SHARE + UNSUBSCRIBE_SHARE:
        at_us += random.randint(5, 90) * SECOND_US
        yield Moment(at_us, who, 2, "Email Clicked", mail)
        yield from visit(random, who, at_us + 2 * SECOND_US, "browse", "5")
    if random.random() < 0.03:  # read again some days later
        yield Moment(at_us + random.randint(1, 9) * DAY_US, who, 1, "Email Opened", mail)
