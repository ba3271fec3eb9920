"""Visitors nobody knows by name: people who only looked, and bots."""

from collections.abc import Iterator
from itertools import count, islice
from random import Random

import msgspec

from leadlight.kit.days import SECOND_US
from leadlight.tryout.demo.moments import Moment
from leadlight.tryout.demo.visits import Stretch, visits
from leadlight.tryout.demo.world import Country, countries, site, working_time_us

BOT_SHARE = 0.04
PAGES_A_CRAWL = (3, 5, 8, 13)


class Passer(msgspec.Struct, frozen=True):
    """An anonymous browser, or a bot."""

    browser: str
    agent: str
    country: Country


def passers_by(
    random: Random, first_number: int, first_day: int, last_day: int
) -> Iterator[tuple[Passer, list[Moment]]]:
    """Endless visitors with what they did; their numbers count up from `first_number`."""
    markets = countries()
    for number in count(first_number):
        is_bot = random.random() < BOT_SHARE
        agents = site().agents.bots if is_bot else site().agents.people
        country = random.choices(markets, weights=[one.share for one in markets])[0]
        passer = Passer(f"p-{random.getrandbits(64):016x}", random.choice(agents), country)
        moments = (
            _crawl(random, number, first_day, last_day)
            if is_bot
            else _looks(random, number, passer, first_day, last_day)
        )
        yield passer, sorted(moments)


def _looks(random: Random, number: int, passer: Passer, first_day: int, last_day: int) -> list[Moment]:
    start = random.randint(first_day, last_day)
    mood = random.choice(("browse", "browse", "browse", "learn", "learn", "evaluate", "job"))
    times = random.choice((1, 1, 1, 1, 2, 3))
    stretch = Stretch(start, min(last_day, start + 45), passer.country.zone)
    return list(visits(random, number, times, stretch, mood, 0.3))


def _crawl(random: Random, number: int, first_day: int, last_day: int) -> list[Moment]:
    start_us = working_time_us(random, random.randint(first_day, last_day), "UTC")
    pages = [path for section in site().pages.values() for path in section]
    walk = islice(random.sample(pages, len(pages)), random.choice(PAGES_A_CRAWL))
    return [
        Moment(start_us + 2 * SECOND_US * order, number, order, "page", path, "-") for order, path in enumerate(walk)
    ]
