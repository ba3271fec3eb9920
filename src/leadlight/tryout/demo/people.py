"""The contacts of the demo: who works where, when they became known, and how they behave."""

from random import Random

import msgspec

from leadlight.tryout.demo.companies import Company, ascii_slug
from leadlight.tryout.demo.world import Country, Role, site

SOURCES = ("form", "existing", "fair")
SOURCE_WEIGHTS = (62, 20, 18)


class Person(msgspec.Struct, frozen=True):
    """One contact, known from `joined_day` on; `source` says how (a form, the list of old, a trade fair).

    `curiosity` scales visits, `opens` is the chance that a mail is opened. `is_subscribed` people get the mails.
    """

    number: int
    given: str
    family: str
    email: str
    phone: str | None
    role: Role
    title: str
    company: Company
    joined_day: int
    source: str
    curiosity: float
    opens: float
    is_subscribed: bool
    browsers: tuple[str, ...]
    agent: str

    @property
    def user_id(self) -> str:
        return f"u-{self.number:05d}"


def make_people(random: Random, companies: list[Company], count: int, first_day: int, last_day: int) -> list[Person]:
    """`count` people, at least one in each company, more in bigger ones."""
    weights = [company.employees**0.35 for company in companies]
    homes = companies[:count] + random.choices(companies, weights=weights, k=max(0, count - len(companies)))
    taken: set[str] = set()
    return [_make_person(random, number, company, taken, first_day, last_day) for number, company in enumerate(homes)]


def _make_person(
    random: Random, number: int, company: Company, taken: set[str], first_day: int, last_day: int
) -> Person:
    given, family = _name(random, company.country)
    role = random.choices(site().roles, weights=[one.weight for one in site().roles])[0]
    source = random.choices(SOURCES, weights=SOURCE_WEIGHTS)[0]
    return Person(
        number=number,
        given=given,
        family=family,
        email=_email(given, family, company.domain, taken, random),
        phone=f"{company.country.dial} {random.randint(100, 999)} {random.randint(1000, 9999)}"
        if random.random() < 0.4
        else None,
        role=role,
        title=random.choice(role.titles),
        company=company,
        joined_day=first_day if source == "existing" else _joined_day(random, company, first_day, last_day),
        source=source,
        curiosity=random.lognormvariate(-0.3, 0.8),
        opens=random.betavariate(2, 5),
        is_subscribed=random.random() < 0.85,
        browsers=tuple(f"b-{random.getrandbits(64):016x}" for _ in range(1 + (random.random() < 0.25))),
        agent=random.choice(site().agents.people),
    )


def _name(random: Random, country: Country) -> tuple[str, str]:
    if random.random() < 0.45:
        return random.choice(country.women), random.choice(country.women_family)
    return random.choice(country.men), random.choice(country.men_family)


def _email(given: str, family: str, domain: str, taken: set[str], random: Random) -> str:
    if random.random() < 0.02:
        local = random.choice(("info", "biuro", "office", "kontakt", "sales"))
    else:
        local = random.choice(
            (f"{ascii_slug(given)}.{ascii_slug(family)}", f"{ascii_slug(given)[0]}.{ascii_slug(family)}")
        )
    address, again = f"{local}@{domain}", 2
    while address in taken:
        address, again = f"{local}{again}@{domain}", again + 1
    taken.add(address)
    return address


def _joined_day(random: Random, company: Company, first_day: int, last_day: int) -> int:
    """Half of the people of a firm that searches join about when the search begins."""
    search = company.search
    if search is None or random.random() < 0.5:
        return random.randint(first_day, last_day)
    return min(last_day, max(first_day, random.randint(search.first_day - 15, search.first_day + 25)))
