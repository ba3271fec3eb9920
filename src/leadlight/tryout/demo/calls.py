"""From moments to calls of the Segment shape, as the site's script, the mail system and the CRM of the demo would send them."""

from collections.abc import Callable
from datetime import date
from typing import Any

from leadlight.kit.days import from_us
from leadlight.tryout.demo.mails import MACHINE
from leadlight.tryout.demo.moments import Moment
from leadlight.tryout.demo.passers_by import Passer
from leadlight.tryout.demo.people import Person
from leadlight.tryout.demo.world import site

MAIL = frozenset({"Email Opened", "Email Clicked", "Email Unsubscribed", "Email Bounced"})
OFF_SITE = MAIL | {"Trade Fair Visited", "Meeting Booked", "Deal Won", "Deal Lost", "Order Completed"}


class Writer:
    """Writes moments as calls; knows who is who."""

    def __init__(self, end: date, people: list[Person], passers: list[Passer]) -> None:
        self._prefix = f"demo-{end:%Y%m%d}-"
        self._people = people
        self._passers = passers
        self._known: set[int] = set()

    def __call__(self, number: int, moment: Moment) -> dict[str, Any]:
        """The call of one moment; call in time order, as people are named from their first `identify` on."""
        call = {"messageId": f"{self._prefix}{number:07d}", "timestamp": _iso(moment.at_us)}
        if moment.who >= len(self._people):
            passer = self._passers[moment.who - len(self._people)]
            return call | {"anonymousId": passer.browser} | _act(moment, passer.agent, passer.country.language)
        person = self._people[moment.who]
        if moment.what == "identify":
            self._known.add(moment.who)
        return call | self._ids(person, moment) | _body(moment, person)

    def _ids(self, person: Person, moment: Moment) -> dict[str, Any]:
        """Mail and CRM know the person only; the site knows the browser, and the person once named."""
        ids: dict[str, Any] = {}
        if moment.who in self._known or moment.what in OFF_SITE:
            ids["userId"] = person.user_id
        if moment.what not in OFF_SITE and not (moment.what in ("identify", "group") and person.source != "form"):
            ids["anonymousId"] = _browser(person, moment)
        return ids


def _browser(person: Person, moment: Moment) -> str:
    """The second browser, if any, on every third day."""
    return person.browsers[-1 if moment.at_us // 86_400_000_000 % 3 == 0 else 0]


def _iso(at_us: int) -> str:
    return from_us(at_us).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at_us // 1000 % 1000:03d}Z"


def _body(moment: Moment, person: Person) -> dict[str, Any]:
    match moment.what:
        case "identify":
            return {"type": "identify", "traits": _traits(person), "context": {"userAgent": person.agent}}
        case "group":
            return {"type": "group", "groupId": person.company.key, "traits": _company_traits(person)}
        case _:
            return _act(moment, person.agent, person.company.country.language)


def _act(moment: Moment, agent: str, language: str) -> dict[str, Any]:
    return _page(moment, agent, language) if moment.what == "page" else _track(moment, agent)


def _traits(person: Person) -> dict[str, Any]:
    company = person.company
    traits: dict[str, Any] = {
        "email": person.email,
        "first_name": person.given,
        "last_name": person.family,
        "title": person.title,
        "role": person.role.role,
        "country": company.country.code,
        "city": company.city,
        "language": company.country.language,
        "company": company.name,
    }
    return traits | {"phone": person.phone} if person.phone else traits


def _company_traits(person: Person) -> dict[str, Any]:
    company = person.company
    return {
        "name": company.name,
        "domain": company.domain,
        "industry": company.industry,
        "employees": company.employees,
        "country": company.country.code,
        "city": company.city,
    }


def _page(moment: Moment, agent: str, language: str) -> dict[str, Any]:
    prefix = f"/{language}" if language in site().languages else ""
    context: dict[str, Any] = {"userAgent": agent}
    properties = {"url": f"https://{site().host}{prefix}{moment.about}", "title": _title(moment.about)}
    if moment.extra.isdigit():
        campaign = site().campaigns[int(moment.extra)]
        context["campaign"] = {"source": campaign.source, "medium": campaign.medium, "name": campaign.name}
        properties["referrer"] = f"https://{campaign.referrer}/" if campaign.referrer else ""
    elif moment.extra == "":
        referrer = site().referrers[(moment.at_us // 1_000_000) % len(site().referrers)]
        properties["referrer"] = f"https://{referrer}/" if referrer else ""
    return {"type": "page", "context": context, "properties": properties}


def _title(path: str) -> str:
    name = path.rsplit("/", 1)[-1].replace("-", " ")
    return f"{name.capitalize() or 'Plans that hold'} | Amberline"


def _track(moment: Moment, agent: str) -> dict[str, Any]:
    body: dict[str, Any] = {"type": "track", "event": moment.what, "properties": _properties(moment)}
    if moment.what in MAIL or moment.what not in OFF_SITE:
        body["context"] = {"userAgent": site().agents.mail_proxy if moment.extra == MACHINE else agent}
    return body


def _properties(moment: Moment) -> dict[str, Any]:
    return _PROPERTIES[moment.what](moment)


_PROPERTIES: dict[str, Callable[[Moment], dict[str, Any]]] = {
    "Form Submitted": lambda it: {"form": it.about},
    "File Downloaded": lambda it: {"file": it.about, **site().files[it.about]},
    "Webinar Registered": lambda it: {"webinar": it.about, "title": site().webinars[it.about]},
    "Webinar Attended": lambda it: {"webinar": it.about, "minutes": int(it.extra)},
    "Demo Watched": lambda it: {"product": it.about},
    "Video Watched": lambda it: {"product": it.about},
    "Chat Started": lambda it: {"page": it.about},
    "Meeting Booked": lambda it: {"meeting": it.about},
    "Trade Fair Visited": lambda it: {"fair": it.about},
    "Cart Abandoned": lambda it: {"plan": it.about, "value": 588.0, "currency": "EUR"},
    "Order Completed": lambda it: {"product": it.about, "revenue": float(it.extra), "currency": "EUR"},
    "Deal Won": lambda it: {"product": it.about, "amount": float(it.extra), "currency": "EUR"},
    "Deal Lost": lambda it: {"product": it.about, "reason": it.extra},
    "Email Opened": lambda it: {"email": it.about},
    "Email Clicked": lambda it: {"email": it.about},
    "Email Unsubscribed": lambda it: {"email": it.about},
    "Email Bounced": lambda it: {"email": it.about, "type": it.extra},
}
