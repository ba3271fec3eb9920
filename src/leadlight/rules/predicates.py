"""Tests as Python: the source text of one test, and tests on single values as functions."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from leadlight.rules.model import Scalar, Test
from leadlight.rules.numbers import as_number
from leadlight.rules.operators import OPERATORS, TEMPLATE_NAMES, Operator, operator_of
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


def predicate_of(test: Test) -> Predicate:
    """A test, not on a date, as a function of the value."""
    return _predicate(test.op, test.value, repr(test.value))


@lru_cache(maxsize=8192)
def _predicate(op: str, operand: Scalar | tuple[Scalar, ...], _shown: str) -> Predicate:
    # `_shown` keeps 1 and true apart, which are equal as keys.
    constants: dict[str, Any] = dict(TEMPLATE_NAMES)

    def bind(constant: object) -> str:
        constants["c"] = constant
        return "c"

    source = python_of(Test("", op, operand), "x", "f", "n", bind)
    holds = eval(f"lambda x, f, n: bool({source})", constants)  # noqa: S307 - the text is ours, operands are constants
    return lambda value: holds(value, folded(value), as_number(value))
