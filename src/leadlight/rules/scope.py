"""What a condition may ask for, depending on where it stands."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

import msgspec

from leadlight.rules.operators import Family

OWNERS = ("contact.", "account.", "consent.")
BUILT_IN = {"contact.tags": "list", "contact.stage": "text"}
SCORES = "contact.score."

FAMILIES = {
    "text": (Family.TEXT,),
    "choice": (Family.TEXT,),
    "number": (Family.NUMBER,),
    "boolean": (Family.BOOLEAN,),
    "date": (Family.DATE,),
    "datetime": (Family.DATE,),
    "list": (Family.LIST,),
    "any": tuple(Family),
}
"""Type of a field -> what it is compared as."""

EVENT_FAMILIES = (Family.TEXT, Family.NUMBER, Family.BOOLEAN, Family.LIST)
"""What a part of an event may be compared as: its type is known only when it happens."""


class Scope(msgspec.Struct, frozen=True):
    """The fields that may be asked for (path -> type; None: any field, of any type), and the forms that are allowed.

    `contact.tags`, `contact.stage` and `consent.*` need not be listed.
    """

    fields: Mapping[str, str] | None = None
    scores: bool = True
    segments: bool = True
    behaviour: bool = True

    def families_of(self, path: str) -> tuple[Family, ...] | None:
        """What the field is compared as; None when there is no such field, or not here."""
        if path.startswith(SCORES):
            return (Family.NUMBER,) if self.scores and len(path) > len(SCORES) else None
        if path in BUILT_IN:
            return FAMILIES[BUILT_IN[path]]
        if self.fields is not None and path in self.fields:
            return FAMILIES.get(self.fields[path], tuple(Family))
        if path.startswith("consent.") or self.fields is None:
            return tuple(Family) if _is_named(path) else None
        return None

    def nearest(self, path: str) -> list[str]:
        """Up to three fields with a similar name, the most similar first."""
        return get_close_matches(path, list(self._known()), n=3, cutoff=0.6)

    def _known(self) -> Iterator[str]:
        yield from BUILT_IN
        yield from self.fields or ()


ANYTHING = Scope()


def _is_named(path: str) -> bool:
    owner, _, name = path.partition(".")
    parts = name.split(".")
    return f"{owner}." in OWNERS and all(parts) and not any(part.isdigit() for part in parts[1:])
