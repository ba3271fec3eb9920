"""Tests as Python: the source text of one test, and tests on single values as functions."""

from collections.abc import Callable
from typing import Any

from leadlight.rules.model import Test
from leadlight.rules.numbers import as_number
from leadlight.rules.operators import OPERATORS, TEMPLATE_NAMES, Family, Operator, operator_of
from leadlight.rules.text import folded

Predicate = Callable[[object], bool]


def python_of(test: Test, x: str, f: str, n: str, bind: Callable[[object], str]) -> str:
    """A Python expression over the names of value, folded text and number; `bind` gives a constant its name."""
    operator = operator_of(test.op, test.value)
    if operator.negates is not None:
        return f"not ({_filled(OPERATORS[operator.family, operator.negates], test, x, f, n, bind)})"
    return _filled(operator, test, x, f, n, bind)


def _filled(operator: Operator, test: Test, x: str, f: str, n: str, bind: Callable[[object], str]) -> str:
    prepare = operator.constant or operator.normal
    return operator.python.format(x=x, f=f, n=n, c=bind(prepare(test.value)))


def predicate_of(test: Test) -> Predicate | None:
    """A test as a function of the value; None for a test on a date, which depends on the day."""
    known = _predicates.get(id(test))
    if known is not None:
        return known[1]
    if len(_predicates) >= _REMEMBERED:
        _predicates.clear()
    predicate = None if is_on_date(test) else _compiled(test)
    _predicates[id(test)] = test, predicate
    return predicate


def is_on_date(test: Test) -> bool:
    """Whether the test compares a date with today or another date."""
    return operator_of(test.op, test.value).family is Family.DATE


_REMEMBERED = 10_000
_predicates: dict[int, tuple[Test, Predicate | None]] = {}
"""By identity, which the test kept beside it guards: as keys, 1 and true would be equal."""


def _compiled(test: Test) -> Predicate:
    constants: dict[str, Any] = dict(TEMPLATE_NAMES)

    def bind(constant: object) -> str:
        constants["c"] = constant
        return "c"

    source = python_of(test, "x", "folded(x)", "as_number(x)", bind)
    constants |= {"folded": folded, "as_number": as_number}
    return eval(f"lambda x: {source}", constants)  # type: ignore[no-any-return] # noqa: S307 - our text, constant operands
