"""Conditions as documents again: the exact inverse of parsing."""

from typing import Any

from leadlight.rules.amounts import COUNT
from leadlight.rules.model import All, Condition, Did, Field, InSegment, Matcher, Not, Sequence, Test, Window
from leadlight.rules.model import Any as AnyOf

Document = dict[str, Any]


def to_document(condition: Condition) -> Document:
    """The document that parses to this condition."""
    match condition:
        case All(items):
            return {"all": [to_document(item) for item in items]}
        case AnyOf(items):
            return {"any": [to_document(item) for item in items]}
        case Not(item):
            return {"not": to_document(item)}
        case Field(test):
            return {"field": test.path, test.op: _operand(test)}
        case InSegment(key):
            return {"in_segment": key}
        case Sequence(steps, within):
            return {"sequence": [_matcher(step) for step in steps]} | _within(within)
        case Did():
            return _did(condition)


def _did(did: Did) -> Document:
    document = _matcher(did.matcher)
    if did.aggregate != COUNT:
        document[f"{did.aggregate}_of"] = did.matcher.measure
    document |= {test.op: test.value for test in did.tests}
    document |= _within(did.within)
    if did.since is not None:
        document["since"] = _matcher(did.since)
    return document


def _matcher(matcher: Matcher) -> Document:
    where: Document = {}
    for test in matcher.where:
        where.setdefault(test.path, {})[test.op] = _operand(test)
    return {"did": matcher.kind} | ({"where": where} if where else {})


def _within(window: Window | None) -> Document:
    return {} if window is None else {"within": f"{window.amount}{window.unit.value}"}


def _operand(test: Test) -> object:
    return list(test.value) if isinstance(test.value, tuple) else test.value
