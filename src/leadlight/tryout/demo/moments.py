"""One thing that happens in the demo, before it is written as a call."""

from typing import NamedTuple


class Moment(NamedTuple):
    """Ordered by time, then visitor, then `order` within the visitor's minute.

    `who` indexes the visitors (people first, passers-by after). `what` is `page`, `identify`, `group` or an event name,
    `about` the path, file, mail or form it is about, `extra` whatever the call needs besides (a campaign, an amount).
    """

    at_us: int
    who: int
    order: int
    what: str
    about: str = ""
    extra: str = ""
