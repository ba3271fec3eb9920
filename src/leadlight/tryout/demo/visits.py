"""Visits to the site: which pages in which mood, and what people do on them."""

from collections.abc import Iterator
from functools import cache
from random import Random
from typing import NamedTuple

from leadlight.kit.days import DAY_US, SECOND_US
from leadlight.tryout.demo.moments import Moment
from leadlight.tryout.demo.world import site, working_day, working_time_us

PAGES_A_VISIT = (1, 1, 2, 2, 3, 3, 4, 5, 6, 8)


class Stretch(NamedTuple):
    """Days from first to last, of somebody who keeps the hours of `zone`."""

    first_day: int
    last_day: int
    zone: str

    def moment_us(self, random: Random) -> int:
        """Some working time in it."""
        return working_time_us(random, working_day(random, self.first_day, self.last_day), self.zone)


@cache
def _mood(mood: str) -> tuple[tuple[str, ...], tuple[float, ...]]:
    weights = site().visits[mood]
    return tuple(weights), tuple(weights.values())


def visit(random: Random, who: int, start_us: int, mood: str, campaign: str = "") -> Iterator[Moment]:
    """Page views of one visit, each followed by what it led to; `campaign` is the index of the tagged link, or empty."""
    sections, weights = _mood(mood)
    at_us = start_us
    for order, section in enumerate(random.choices(sections, weights, k=random.choice(PAGES_A_VISIT))):
        path = random.choice(site().pages[section])
        yield Moment(at_us, who, order, "page", path, "-" if order else campaign)
        at_us += random.randint(15, 240) * SECOND_US
        for what, about, chance in _deeds(mood, section, path):
            if random.random() < chance:
                yield Moment(at_us, who, order, what, about)
                at_us += random.randint(5, 30) * SECOND_US


@cache
def _deeds(mood: str, section: str, path: str) -> tuple[tuple[str, str, float], ...]:
    """What may happen on a page: (event name, about, chance)."""
    slug = path.rsplit("/", 1)[-1]
    is_keen = mood == "evaluate"
    match section:
        case "download":
            return (("Form Submitted", "download", 0.35), ("File Downloaded", slug, 0.45))
        case "webinar":
            return (("Webinar Registered", slug, 0.3),)
        case "demo":
            return (("Demo Watched", slug, 0.5), ("Form Submitted", "demo-request", 0.25 if is_keen else 0.05))
        case "pricing":
            return (("Chat Started", "pricing", 0.05), ("Cart Abandoned", "starter", 0.03 if is_keen else 0.01))
        case "contact":
            return (("Form Submitted", "contact", 0.1),)
        case "product":
            return (("Video Watched", slug, 0.08), ("Chat Started", "product", 0.02 if is_keen else 0.004))
        case _:
            return ()


def visits(
    random: Random, who: int, count: int, stretch: Stretch, mood: str, campaign_share: float = 0.15
) -> Iterator[Moment]:
    """`count` visits on working days; registered webinars are attended some days later."""
    for _ in range(count):
        campaign = str(random.randrange(len(site().campaigns))) if random.random() < campaign_share else ""
        for moment in visit(random, who, stretch.moment_us(random), mood, campaign):
            yield moment
            if moment.what == "Webinar Registered" and random.random() < 0.55:
                later_us = moment.at_us + random.randint(1, 6) * DAY_US
                yield Moment(later_us, who, 0, "Webinar Attended", moment.about, str(random.randint(12, 60)))
