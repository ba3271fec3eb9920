"""Random conditions as documents, and random worlds of people and events made of the same few words, so that they often meet.

All is drawn from one `random.Random`: a seed is a case. Each world picks its own small vocabulary from hostile lists.
"""

from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from leadlight.kit.days import DAY_US, SECOND_US, date_of, day_of, start_of_day_us
from tests.factories.rule_vocabulary import (
    AMOUNTS,
    COMPARISONS,
    DATES,
    FIELDS,
    KINDS,
    LITERALS,
    MOMENT_TEXTS,
    MOMENTS,
    NUMBERS,
    ORDERS,
    PATHS,
    PATTERNS,
    PROPERTIES,
    QUERIES,
    SPANS_US,
    WINDOWS,
    WORDS,
    ZONES,
)
from tests.factories.rules import Person, Seen

Document = dict[str, Any]


class World(msgspec.Struct):
    """Contacts with their events, seen from a moment in a zone."""

    zone: ZoneInfo
    now_us: int
    people: list[Person]
    events: list[Seen]


class Dice:
    """Draws values from a vocabulary chosen once."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)
        self.zone = self.rng.choice(ZONES)
        self.now_us = self._now()
        self.today = day_of(self.now_us, self.zone)
        self.words = self.rng.sample(WORDS, 5)
        self.numbers = self.rng.sample(NUMBERS, 4)
        self.paths = self.rng.sample(PATHS, 5)
        self.fields = self.rng.sample(FIELDS, 5)
        self.windows = self.rng.sample(WINDOWS, 3)

    def _now(self) -> int:
        now_us = self.rng.choice(MOMENTS) + self.rng.choice([0, 0, 1, -1, 1800 * SECOND_US])
        if self.rng.random() < 0.4:
            return start_of_day_us(day_of(now_us, self.zone), self.zone) - self.rng.choice([0, 1])
        return now_us

    def text(self) -> str:
        """A word, often cut, joined with another, or in another case."""
        word = self.rng.choice(self.words)
        change = self.rng.random()
        if change < 0.1:
            return word[: self.rng.randint(0, len(word))]
        if change < 0.35:
            return word + self.rng.choice(["", " ", "/", "-", "_", "1", "x", "\n"]) + self.rng.choice(self.words)
        return word.swapcase() if change < 0.45 else word

    def operand(self) -> str:
        """A text that may stand in a document."""
        return self.text() or "a"

    def scalar(self) -> object:
        """Anything a property may hold that is neither list nor object."""
        kind = self.rng.random()
        if kind < 0.55:
            return self.text()
        if kind < 0.85:
            return self.rng.choice(self.numbers)
        if kind < 0.9:
            return msgspec.Raw(self.rng.choice(LITERALS))
        return self.rng.choice([None, True, False, self.date()])

    def value(self, depth: int = 0) -> object:
        """Anything a property may hold."""
        kind = self.rng.random()
        if kind < 0.7 or depth > 2:
            return self.scalar()
        if kind < 0.85:
            return [self.value(depth + 1) for _ in range(self.rng.randint(0, 3))]
        return {key: self.value(depth + 1) for key in self.rng.sample(PROPERTIES, 3)}

    def plain(self) -> object:
        """Anything a profile field may hold."""
        return self.rng.choice([self.text, self.text, self.date, self._number, self._list, self._flag])()

    def _number(self) -> object:
        return self.rng.choice(self.numbers)

    def _flag(self) -> object:
        return self.rng.choice([True, False, None, ""])

    def _list(self) -> object:
        return [
            self.rng.choice([self.text(), self.text(), self._number(), None]) for _ in range(self.rng.randint(0, 4))
        ]

    def date(self) -> str:
        """A date as profiles hold it, mostly near today or its anniversaries, sometimes no date at all."""
        if self.rng.random() < 0.25:
            return self.rng.choice(DATES + MOMENT_TEXTS)
        near = date_of(self.today + self.rng.randint(-33, 33))
        years_ago = self.rng.choice([0, 0, 0, 1, 4, 30])
        if years_ago:
            near = near.replace(year=near.year - years_ago, day=min(near.day, 28))
        at = self.rng.choice(["", "", "T00:00:00+00:00", "T23:59:59Z", "T22:00Z", "T00:30", " 12:00:00.5-03:00"])
        return near.isoformat() + at

    def moment(self) -> int:
        """A time not after now, often at the edge of a window or of a day."""
        kind = self.rng.random()
        if kind < 0.3:
            edge = self.now_us - self.rng.choice(SPANS_US)
        elif kind < 0.6:
            edge = start_of_day_us(self.today - self.rng.randint(0, 40), self.zone)
        else:
            edge = self.now_us - self.rng.randint(0, 40 * DAY_US)
        return min(self.now_us, edge + self.rng.choice([0, 0, 1, -1, SECOND_US]))

    def event(self, contacts: int) -> Seen:
        """One event of one of the contacts."""
        at_us = self.moment()
        maybe = self._maybe_text
        return Seen(
            contact_id=self.rng.randint(1, contacts),
            kind=self.rng.choice(KINDS),
            at_us=at_us,
            day=day_of(at_us, self.zone),
            name=self.text(),
            source=self.rng.choice(["web", "WEB", "", self.text()]),
            url_host=maybe(),
            url_path=maybe(),
            url_query=self._query(),
            referrer_host=maybe(),
            properties=msgspec.json.encode({key: self.value() for key in self.rng.sample(PROPERTIES, 6)}).decode(),
            excluded="bot" if self.rng.random() < 0.05 else None,
        )

    def _maybe_text(self) -> str | None:
        return None if self.rng.random() < 0.15 else self.text()

    def _query(self) -> str | None:
        name = self.rng.choice(["q", "%71", "%C3%A9", "%c3%a9", "a%5bb%5D", "a[b]", "x"])
        return self.rng.choice([*QUERIES, f"{name}={self.text()}", f"x=1&{name}={self.text()}"])

    def person(self, contact_id: int) -> Person:
        """One contact whose fields may hold anything."""
        profile: Document = {
            key: self.plain() for key in ("country", "age", "flag", "interests") if self.rng.random() < 0.8
        }
        profile["born"] = self.date()
        profile["seen_at"] = self.date()
        nested = self.rng.choice(["address", "address.city", "consent.email", "consent"])
        profile[nested] = (
            self.plain()
            if "." in nested
            else self.rng.choice([self.plain(), {"city": self.plain(), "email": self.plain()}])
        )
        account = {key: self.plain() for key in ("size", "it's")} if self.rng.random() < 0.8 else None
        return Person(
            contact_id,
            profile,
            account,
            tuple({self.text() for _ in range(self.rng.randint(0, 3))}),
            self.rng.choice([None, self.text()]),
            self.rng.choice([{}, {"default": self.rng.choice([0.0, 12.5, -3.0, 100.25])}]),
            tuple(self.rng.sample(["newsletter", "it's"], self.rng.randint(0, 2))),
        )

    def world(self, contacts: int, events: int) -> World:
        """Contacts with ids from 1, and events of theirs."""
        people = [self.person(contact_id) for contact_id in range(1, contacts + 1)]
        return World(self.zone, self.now_us, people, [self.event(contacts) for _ in range(events)])

    def text_comparison(self) -> tuple[str, object]:
        """An operator on texts with its operand."""
        name = self.rng.choice(
            ["is", "is_not", "in", "not_in", "contains", "contains_word", "starts_with", "ends_with", "glob", "matches"]
        )
        if name in ("in", "not_in"):
            return name, [self.operand() for _ in range(self.rng.randint(1, 3))]
        if name == "matches":
            return name, self.rng.choice(PATTERNS)
        if name == "glob":
            return name, self._glob()
        return name, self.operand()

    def _glob(self) -> str:
        word = self.operand()
        return (
            self.rng.choice(
                [
                    word,
                    word + "*",
                    "*" + word,
                    f"*{word}*",
                    "*",
                    "?*",
                    word[:1] + "*" + word[-1:],
                    "?" + word[1:],
                    "*a*b*",
                ]
            )
            or "*"
        )

    def number_comparison(self) -> tuple[str, object]:
        """An operator on numbers with its operand."""
        name = self.rng.choice(["is", "is_not", "in", "not_in", "between", *ORDERS])
        if name in ("in", "not_in"):
            return name, self.rng.sample(self.numbers, 2)
        if name == "between":
            return name, sorted(self.rng.sample(self.numbers, 2))
        return name, self.rng.choice(self.numbers)

    def list_comparison(self) -> tuple[str, object]:
        """An operator on lists with its operand."""
        name = self.rng.choice(["has", "has_any", "has_all", "count", "count_at_least", "count_at_most"])
        if name == "has":
            return name, self.operand()
        return name, self.rng.randint(0, 3) if name.startswith("count") else [
            self.operand() for _ in range(self.rng.randint(1, 2))
        ]

    def flag_comparison(self) -> tuple[str, object]:
        """An operator with true or false."""
        return self.rng.choice(["exists", "is", "is_not"]), self.rng.random() < 0.5

    def event_comparison(self) -> tuple[str, object]:
        """An operator on a part of an event."""
        draw = self.rng.choice(
            [
                self.text_comparison,
                self.text_comparison,
                self.number_comparison,
                self.list_comparison,
                self.flag_comparison,
            ]
        )
        return draw()

    def date_comparison(self) -> tuple[str, object]:
        """An operator on dates with its operand, mostly near today."""
        name = self.rng.choice(
            [
                "on",
                "before",
                "after",
                *ORDERS,
                "between",
                "within_last",
                "more_than_ago",
                "within_next",
                "anniversary",
                "anniversary",
            ]
        )
        near = sorted(date_of(self.today + self.rng.randint(-33, 33)).isoformat() for _ in range(2))
        if name == "between":
            return name, near
        if name == "anniversary":
            return name, self.rng.choice([*range(-33, 34), 0, 0, 0, 366, -366])
        if name in ("within_last", "more_than_ago", "within_next"):
            return name, self.rng.choice([1, 2, 5, 30, 365])
        return name, near[0]

    def where(self) -> Document:
        """Comparisons on parts of an event."""
        return {
            path: dict([self.event_comparison()])
            for path in self.rng.sample(self.paths, self.rng.choice([0, 0, 1, 1, 1, 2]))
        }

    def matcher(self) -> Document:
        """A `did` with `where`."""
        return {"did": self.rng.choice([*KINDS, "*"]), "where": self.where()}

    def behaviour(self) -> Document:
        """A `did` of any form."""
        document = self.matcher()
        form = self.rng.choice(["counted", "counted", "measured", "since", "recent", "never"])
        if form == "measured":
            document[self.rng.choice(["sum_of", "avg_of", "min_of", "max_of"])] = self.rng.choice(
                ["amount", "deep.amount", "plan"]
            )
            document |= {
                name: self.rng.choice([*AMOUNTS, *(n for n in self.numbers if n in AMOUNTS)])
                for name in self.rng.sample(COMPARISONS, 1)
            }
            return document | self.rng.choice([{}, {"within": "2d"}, {"within": "30d"}])
        if form == "never":
            document["never"] = True
        else:
            document |= {
                name: self.rng.randint(0, 4) for name in self.rng.sample(COMPARISONS, self.rng.choice([0, 1, 1, 2]))
            }
        if form == "since":
            document["since"] = self.rng.choice([self.rng.choice(KINDS), self.matcher()])
        if form == "recent":
            document["last_within"] = self.rng.choice(self.windows)
        return document | self.rng.choice([{}, {"within": self.rng.choice(self.windows)}])

    def sequence(self) -> Document:
        """Steps one after another."""
        steps = [
            self.rng.choice([{"did": self.rng.choice([*KINDS, "*"])}, self.matcher()])
            for _ in range(self.rng.randint(2, 4))
        ]
        return {"sequence": steps} | self.rng.choice([{}, {"within": self.rng.choice(self.windows)}])

    def field(self) -> Document:
        """A comparison on a field."""
        path = self.rng.choice([*self.fields, "contact.born"])
        name, operand = self._comparison_of(path)
        return {"field": path, name: operand}

    def _comparison_of(self, path: str) -> tuple[str, object]:
        if path == "contact.score.default":
            return self.number_comparison()
        if path == "contact.tags":
            return self.list_comparison()
        if path == "contact.stage":
            return self.text_comparison()
        if path in ("contact.born", "contact.seen_at"):
            return self.date_comparison()
        return self.rng.choice([self.event_comparison, self.event_comparison, self.date_comparison])()

    def condition(self, depth: int = 0) -> Document:
        """A valid condition."""
        form = self.rng.random()
        if depth < 4 and form < 0.35:
            return {
                self.rng.choice(["all", "any"]): [
                    self.condition(depth + 1) for _ in range(self.rng.choice([0, 1, 2, 2, 3]))
                ]
            }
        if depth < 4 and form < 0.45:
            return {"not": self.condition(depth + 1)}
        if form < 0.5:
            return {"in_segment": self.rng.choice(["newsletter", "it's", "nobody"])}
        return self.rng.choice([self.field, self.field, self.behaviour, self.behaviour, self.sequence])()
