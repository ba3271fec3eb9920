"""The forms of a condition, told apart by their one leading key."""

from collections.abc import Callable
from typing import Any

from leadlight.rules.model import All, Condition, Field, InSegment, Not
from leadlight.rules.model import Any as AnyOf
from leadlight.rules.parse.behaviour import read_did, read_sequence
from leadlight.rules.parse.comparisons import read_test
from leadlight.rules.parse.reader import MOST_DEPTH, MOST_NODES, Reader, join, shown
from leadlight.rules.scope import SCORES

Read = Callable[[Reader, dict[str, Any], str, int], Condition | None]


def read_condition(reader: Reader, value: object, path: str, depth: int) -> Condition | None:
    """The condition, or None when something in it was refused."""
    body = reader.mapping(value, path, f"a condition: a mapping with one of {', '.join(FORMS)}")
    if body is None or not reader.count_node(path):
        return None
    if depth > MOST_DEPTH:
        reader.note(path, f"depth {depth}", f"conditions nested at most {MOST_DEPTH} deep")
        return None
    leading = [form for form in FORMS if form in body]
    if len(leading) != 1:
        found = ", ".join(leading) or ", ".join(shown(key) for key in list(body)[:5]) or "an empty mapping"
        reader.note(path, found, f"exactly one of {', '.join(FORMS)}")
        return None
    return FORMS[leading[0]](reader, body, path, depth)


def _read_items(reader: Reader, body: dict[str, Any], path: str, depth: int, name: str) -> tuple[Condition, ...]:
    reader.only(body, path, (name,))
    items = body[name]
    at = join(path, name)
    if not isinstance(items, list) or len(items) > MOST_NODES:
        reader.refuse(at, items, f"a list of conditions, at most {MOST_NODES}")
        return ()
    read = [read_condition(reader, item, f"{at}[{index}]", depth + 1) for index, item in enumerate(items)]
    return tuple(condition for condition in read if condition is not None)


def _all(reader: Reader, body: dict[str, Any], path: str, depth: int) -> Condition:
    return All(_read_items(reader, body, path, depth, "all"))


def _any(reader: Reader, body: dict[str, Any], path: str, depth: int) -> Condition:
    return AnyOf(_read_items(reader, body, path, depth, "any"))


def _not(reader: Reader, body: dict[str, Any], path: str, depth: int) -> Condition | None:
    reader.only(body, path, ("not",))
    item = read_condition(reader, body["not"], join(path, "not"), depth + 1)
    return None if item is None else Not(item)


def _field(reader: Reader, body: dict[str, Any], path: str, _depth: int) -> Condition | None:
    at = join(path, "field")
    subject = reader.text(body["field"], at, "the name of a field,")
    if subject is None:
        return None
    families = reader.scope.families_of(subject)
    if families is None:
        reader.refuse(at, subject, _fields_like(reader, subject))
        return None
    comparisons = {name: operand for name, operand in body.items() if name != "field"}
    if not comparisons:
        reader.note(path, "no operator", "an operator, such as is, in or exists")
    fields = [
        Field(test)
        for name, operand in comparisons.items()
        for test in read_test(reader, name, operand, subject, join(path, name), families)
    ]
    return fields[0] if len(fields) == 1 else All(tuple(fields))


def _fields_like(reader: Reader, subject: str) -> str:
    if subject.startswith(SCORES) and not reader.scope.scores:
        return "a field other than a score: scores cannot be asked for here"
    nearest = reader.scope.nearest(subject)
    known = "a known field (contact.*, account.*, consent.*)"
    return f"{known}, perhaps {', '.join(nearest)}" if nearest else known


def _did(reader: Reader, body: dict[str, Any], path: str, _depth: int) -> Condition | None:
    if not reader.scope.behaviour:
        reader.note(path, "did", "a condition without behaviour here")
        return None
    return read_did(reader, body, path)


def _sequence(reader: Reader, body: dict[str, Any], path: str, _depth: int) -> Condition | None:
    if not reader.scope.behaviour:
        reader.note(path, "sequence", "a condition without behaviour here")
        return None
    return read_sequence(reader, body, path)


def _in_segment(reader: Reader, body: dict[str, Any], path: str, _depth: int) -> Condition | None:
    reader.only(body, path, ("in_segment",))
    if not reader.scope.segments:
        reader.note(path, "in_segment", "a condition that does not ask for segments here")
        return None
    key = reader.text(body["in_segment"], join(path, "in_segment"), "the key of a segment,")
    return None if key is None else InSegment(key)


FORMS: dict[str, Read] = {
    "all": _all,
    "any": _any,
    "not": _not,
    "field": _field,
    "did": _did,
    "sequence": _sequence,
    "in_segment": _in_segment,
}
