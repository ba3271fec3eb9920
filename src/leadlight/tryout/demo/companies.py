"""The accounts of the demo: invented firms, how well the product fits them, and when they look for one."""

import unicodedata
from math import exp
from random import Random

import msgspec

from leadlight.tryout.demo.world import Country, Industry, countries, site

HOME_MARKETS = ("PL", "HR", "LT")
UNDECOMPOSED = str.maketrans({"ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ø": "o", "ß": "ss", "'": "", " ": "-", ".": ""})


class Search(msgspec.Struct, frozen=True):
    """A firm's search for a product: from `first_day` to `last_day`, with `intent` (standard normal plus fit)."""

    first_day: int
    last_day: int
    intent: float


class Company(msgspec.Struct, frozen=True):
    """One account. `fit` is the latent fit that profile fields show and deals depend on."""

    number: int
    name: str
    domain: str
    industry: str
    employees: int
    city: str
    country: Country
    fit: float
    search: Search | None

    @property
    def key(self) -> str:
        return f"amb-{self.number:05d}"


def ascii_slug(text: str) -> str:
    """`text` as it is written in addresses: no diacritics, lower case, hyphens."""
    plain = unicodedata.normalize("NFKD", text.translate(UNDECOMPOSED))
    return "".join(letter for letter in plain if letter.isascii()).lower()


def sigmoid(x: float) -> float:
    return 1 / (1 + exp(-x))


def make_companies(random: Random, count: int, first_day: int, last_day: int) -> list[Company]:
    """`count` firms with distinct domains; about two in five search for a product within the days given."""
    markets = countries()
    industries = site().industries
    trades, trade_weights = list(industries), [one.weight for one in industries.values()]
    taken: set[str] = set()
    made: list[Company] = []
    for number in range(count):
        country = random.choices(markets, weights=[one.share for one in markets])[0]
        trade = random.choices(trades, weights=trade_weights)[0]
        name, domain = _name(random, country, trade, taken)
        employees = max(2, round(random.lognormvariate(4.4, 1.5)))
        fit = _fit(industries[trade], employees, country)
        search = _search(random, fit, first_day, last_day)
        city = random.choice(country.cities)
        made.append(Company(number, name, domain, trade, employees, city, country, fit, search))
    return made


def _fit(industry: Industry, employees: int, country: Country) -> float:
    return industry.pull + _size_pull(employees) + (0.4 if country.code in HOME_MARKETS else -0.2) - 0.9


def _size_pull(employees: int) -> float:
    if employees < 10:
        return -0.9
    if employees < 50:
        return 0.1
    return 0.6 if employees <= 1000 else -0.1


def _search(random: Random, fit: float, first_day: int, last_day: int) -> Search | None:
    if random.random() > sigmoid(-0.3 + 0.7 * fit + random.gauss(0, 0.6)):
        return None
    start = random.randint(first_day - 20, last_day - 5)
    return Search(start, start + random.randint(18, 80), random.gauss(0.3 * fit, 1))


def _name(random: Random, country: Country, trade: str, taken: set[str]) -> tuple[str, str]:
    root, word, form = random.choice(country.roots), random.choice(country.trades[trade]), random.choice(country.forms)
    stem = random.choice((f"{root} {word}", f"{word} {root}", f"{root}{word.lower()}"))
    slug = ascii_slug(stem)
    if slug in taken:
        city = random.choice(country.cities)
        stem, slug = f"{stem} {city}", f"{slug}-{ascii_slug(city)}"
    while slug in taken:
        number = random.randint(2, 99)
        slug = f"{ascii_slug(stem)}{number}"
    taken.add(slug)
    return f"{stem} {form}", f"{slug}.{country.code.lower()}.example"
