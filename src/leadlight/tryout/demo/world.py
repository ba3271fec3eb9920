"""The stage of the demo: countries, the seller's site, and working hours, read from the two YAML files beside this module."""

from functools import cache
from importlib.resources import files
from itertools import accumulate
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import yaml

from leadlight.kit.days import SECOND_US, date_of, start_of_day_us

HOUR_WEIGHTS = (0, 0, 0, 0, 0, 1, 4, 12, 28, 40, 44, 38, 26, 32, 40, 36, 26, 16, 9, 7, 7, 6, 3, 1)
HOURS = tuple(range(24))
HOURS_CUMULATED = tuple(accumulate(HOUR_WEIGHTS))
WEEKEND_SHARE = 0.12


class Country(msgspec.Struct, frozen=True):
    """One market: its names, firms, cities and zone."""

    code: str
    share: float
    zone: str
    language: str
    dial: str
    cities: list[str]
    women: list[str]
    men: list[str]
    women_family: list[str]
    men_family: list[str]
    roots: list[str]
    trades: dict[str, list[str]]
    forms: list[str]


class Role(msgspec.Struct, frozen=True):
    """What somebody does at work; `pull` is how much the role wishes to buy."""

    role: str
    weight: float
    pull: float
    titles: list[str]


class Industry(msgspec.Struct, frozen=True):
    """A trade; `pull` is how well the product fits it."""

    weight: float
    pull: float


class Campaign(msgspec.Struct, frozen=True, array_like=True):
    """A tagged link: utm source, medium and name, and the host it is clicked on."""

    source: str
    medium: str
    name: str
    referrer: str


class Agents(msgspec.Struct, frozen=True):
    """User agents of people's browsers, of bots, and of the mail proxy that fetches pictures."""

    people: list[str]
    bots: list[str]
    mail_proxy: str


class Site(msgspec.Struct, frozen=True):
    """The seller's pages, files, webinars, mails and campaigns."""

    host: str
    languages: list[str]
    pages: dict[str, list[str]]
    visits: dict[str, dict[str, float]]
    files: dict[str, dict[str, str]]
    webinars: dict[str, str]
    products: list[str]
    competitors: list[str]
    email_every_days: int
    newsletters: list[str]
    campaigns: list[Campaign]
    referrers: list[str]
    agents: Agents
    roles: list[Role]
    industries: dict[str, Industry]


def _read(name: str) -> Any:
    return yaml.safe_load(files("leadlight.tryout.demo").joinpath(name).read_text("utf-8"))


@cache
def countries() -> tuple[Country, ...]:
    """The markets, home markets first."""
    return tuple(msgspec.convert({"code": code, **body}, Country) for code, body in _read("countries.yaml").items())


@cache
def site() -> Site:
    """The seller's site."""
    return msgspec.convert(_read("site.yaml"), Site)


@cache
def _midnight_us(day: int, zone: str) -> int:
    return start_of_day_us(day, ZoneInfo(zone))


@cache
def _is_weekend(day: int) -> bool:
    return date_of(day).weekday() >= 5


def working_day(random: Random, first_day: int, last_day: int) -> int:
    """A day from first to last, seldom on a weekend."""
    day = random.randint(first_day, last_day)
    while _is_weekend(day) and random.random() > WEEKEND_SHARE and last_day - first_day > 2:
        day = random.randint(first_day, last_day)
    return day


def working_time_us(random: Random, day: int, zone: str) -> int:
    """A moment of `day` by the hours people of `zone` keep."""
    hour = random.choices(HOURS, cum_weights=HOURS_CUMULATED)[0]
    return _midnight_us(day, zone) + (hour * 3600 + random.randrange(3600)) * SECOND_US
