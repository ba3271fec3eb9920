"""All matchers of a generation as one function on events: by kind first, cheap parts first, JSON only when needed."""

from collections.abc import Callable, Iterable
from typing import Any, Protocol

from leadlight.rules.model import ANY_KIND, Matcher, Test
from leadlight.rules.numbers import as_number, millionths
from leadlight.rules.operators import TEMPLATE_NAMES
from leadlight.rules.paths import (
    Column,
    Place,
    Property,
    QueryParameter,
    WholeUrl,
    descend,
    place_of,
    property_of,
    query_parameters,
    whole_url,
)
from leadlight.rules.predicates import python_of
from leadlight.rules.properties import decode_properties
from leadlight.rules.text import folded


class EventLike(Protocol):
    """What a matcher reads of an event; see `events.model.Event`."""

    @property
    def kind(self) -> str: ...
    @property
    def excluded(self) -> str | None: ...


Hit = tuple[int, int | None]
Match = Callable[[Any], list[Hit]]


def compile_matchers(matchers: Iterable[tuple[int, Matcher]]) -> Match:
    """A function from an event to the ids of the matchers it fits, each with its measured value in millionths or None.

    Excluded events fit none. User texts enter the generated code only as constants.
    """
    listed = list(matchers)
    for_any = [(matcher_id, matcher) for matcher_id, matcher in listed if matcher.kind == ANY_KIND]
    others = _function(for_any)
    by_kind = {
        kind: _function([(matcher_id, matcher) for matcher_id, matcher in listed if matcher.kind in (kind, ANY_KIND)])
        for kind in {matcher.kind for _, matcher in listed} - {ANY_KIND}
    }

    def match(event: EventLike) -> list[Hit]:
        if event.excluded is not None:
            return []
        return by_kind.get(event.kind, others)(event)

    return match


def _function(matchers: list[tuple[int, Matcher]]) -> Match:
    if not matchers:
        return lambda _event: []
    source = _Source()
    for matcher_id, matcher in matchers:
        source.add(matcher_id, matcher)
    names = source.constants
    exec(source.text(), names)  # noqa: S102 - the text is made of our templates, see compile_matchers
    function: Match = names["match"]
    return function


class _Source:
    """The text of one function as it grows, with the constants it names."""

    def __init__(self) -> None:
        self.constants: dict[str, Any] = {
            **TEMPLATE_NAMES,
            "as_number": as_number,
            "decode": decode_properties,
            "descend": descend,
            "folded": folded,
            "millionths": millionths,
            "query_parameters": query_parameters,
            "UNREAD": object(),
            "whole_url": whole_url,
        }
        self._places: dict[Place, str] = {}
        self._prepared: list[str] = []
        self._body: list[str] = []

    def text(self) -> str:
        """The function `match(event)`."""
        lines = ["props = params = None", *self._prepared, "found = []", *self._body, "return found"]
        return "def match(event):\n" + "\n".join("    " + line for line in lines) + "\n"

    def add(self, matcher_id: int, matcher: Matcher) -> None:
        """One matcher: an `if` on columns, in it an `if` on what costs more."""
        cheap, costly = [], []
        needed: dict[str, Place] = {}
        for test in matcher.where:
            place = place_of(test.path)
            name = self._name(place)
            if isinstance(place, Column | WholeUrl):
                cheap.append(self._test(test, name))
            else:
                costly.append(self._test(test, name))
                needed[name] = place
        indent = ""
        if cheap:
            self._body.append(f"if {_joined(cheap)}:")
            indent += "    "
        for name, place in needed.items():
            self._load(name, place, indent)
        if costly:
            self._body.append(f"{indent}if {_joined(costly)}:")
            indent += "    "
        self._found(matcher_id, matcher, indent)

    def _found(self, matcher_id: int, matcher: Matcher, indent: str) -> None:
        if matcher.measure is None:
            self._body.append(f"{indent}found.append({self._bind((matcher_id, None))})")
            return
        self._decode(indent)
        value = self._value(property_of(matcher.measure))
        self._body.append(f"{indent}found.append(({self._bind(matcher_id)}, millionths({value})))")

    def _test(self, test: Test, name: str) -> str:
        return python_of(test, f"x{name}", f"f{name}", f"n{name}", self._bind)

    def _bind(self, constant: object) -> str:
        name = f"c{len(self.constants)}"
        self.constants[name] = constant
        return name

    def _name(self, place: Place) -> str:
        """The name of a place; columns are read at the start, all others when they are needed first."""
        name = self._places.get(place)
        if name is None:
            name = self._places[place] = str(len(self._places))
            if isinstance(place, Column | WholeUrl):
                self._prepared += [f"x{name} = {self._value(place)}", f"f{name} = folded(x{name})", f"n{name} = None"]
            else:
                self._prepared.append(f"x{name} = UNREAD")
        return name

    def _load(self, name: str, place: Place, indent: str) -> None:
        if isinstance(place, Property):
            self._decode(indent)
        else:
            self._body.append(f"{indent}if params is None: params = query_parameters(event.url_query or '')")
        read = f"x{name} = {self._value(place)}; f{name} = folded(x{name}); n{name} = as_number(x{name})"
        self._body.append(f"{indent}if x{name} is UNREAD: {read}")

    def _decode(self, indent: str) -> None:
        self._body.append(f"{indent}if props is None: props = decode(event.properties)")

    def _value(self, place: Place) -> str:
        match place:
            case Column(name):
                return f"event.{name}"
            case WholeUrl():
                return "whole_url(event.url_host, event.url_path, event.url_query)"
            case QueryParameter(name):
                return f"params.get({self._bind(name)})"
            case Property((key,)):
                return f"props.get({self._bind(key)})"
            case Property(keys):
                return f"descend(props, {self._bind(keys)})"


def _joined(tests: list[str]) -> str:
    return " and ".join(f"({test})" for test in tests)
