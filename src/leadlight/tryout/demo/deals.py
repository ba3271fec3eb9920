"""Deals: what the demo's behaviour is about. Whether a search ends in a sale depends on fit, intent and the buyer's role, with noise.

For a firm that searches: P(won) = sigmoid(-1.2 + 1.1 fit + 1.1 intent + 0.7 role + noise), noise normal with deviation 0.7;
`intent` also drives the number of visits, `fit` the profile fields, so a score sees both through a veil.
"""

from collections.abc import Iterator
from random import Random

from leadlight.kit.days import DAY_US
from leadlight.tryout.demo.companies import Company, Search, sigmoid
from leadlight.tryout.demo.moments import Moment
from leadlight.tryout.demo.people import Person
from leadlight.tryout.demo.world import site, working_day, working_time_us

UNDECIDED_SHARE = 0.15


def deals(random: Random, company: Company, people: list[Person], last_day: int) -> Iterator[Moment]:
    """The end of a firm's search, booked on its champion: won with an amount (and orders after), or lost with a reason."""
    search = company.search
    if search is None or search.last_day > last_day - 3 or random.random() < UNDECIDED_SHARE:
        return
    here = [person for person in people if person.joined_day < search.last_day]
    if not here:
        return
    champion = max(here, key=lambda person: person.role.pull + random.gauss(0, 0.4))
    day = working_day(random, search.last_day, min(last_day - 1, search.last_day + 12))
    at_us = working_time_us(random, day, company.country.zone)
    if random.random() < _chance(random, company, champion, search):
        amount = round(1200 * company.employees**0.55 * random.uniform(0.6, 1.6), -2)
        yield Moment(at_us, champion.number, 9, "Deal Won", random.choice(site().products), f"{amount:.2f}")
        yield from _orders(random, champion, at_us, last_day)
    else:
        yield Moment(
            at_us, champion.number, 9, "Deal Lost", random.choice(site().products), random.choice(site().competitors)
        )


def _chance(random: Random, company: Company, champion: Person, search: Search) -> float:
    return sigmoid(-1.2 + 1.1 * company.fit + 1.1 * search.intent + 0.7 * champion.role.pull + random.gauss(0, 0.7))


def _orders(random: Random, champion: Person, won_us: int, last_day: int) -> Iterator[Moment]:
    """Seats and scanners a customer buys in the months after."""
    for _ in range(random.choice((0, 1, 1, 2, 3))):
        at_us = won_us + random.randint(2, 150) * DAY_US
        if at_us < last_day * DAY_US:
            yield Moment(at_us, champion.number, 0, "Order Completed", "seats", f"{random.randint(2, 40) * 49:.2f}")
