"""Tests as boolean SQL that is never NULL."""

from leadlight.rules.model import Test
from leadlight.rules.operators import OPERATORS, Family, Operator, operator_of
from leadlight.rules.sql.literals import list_literal, literal
from leadlight.rules.sql.values import Part, SqlValue
from leadlight.rules.text import folded


def comparison_sql(test: Test, value: SqlValue) -> str:
    """A test that is not on a date."""
    operator = operator_of(test.op, test.value)
    if operator.negates is not None:
        positive = OPERATORS[operator.family, operator.negates]
        return f"(NOT {_positive(positive, test, value)})"
    return _positive(operator, test, value)


def _positive(operator: Operator, test: Test, value: SqlValue) -> str:
    operand = operator.normal(test.value)
    if operator.name == "exists":
        return f"({operator.sql.format(present=value.present, c=literal(operand))})"
    part = _part(operator, value)
    return "FALSE" if part is None else guarded(part, _filled(operator, test.value, operand, part))


def guarded(part: Part, holds: str) -> str:
    """`holds` where the part exists, FALSE elsewhere."""
    first, then = (part.guard, f"coalesce({holds}, FALSE)") if part.is_risky else (holds, part.guard)
    return f"(CASE WHEN {first} THEN {then} ELSE FALSE END)"


def _part(operator: Operator, value: SqlValue) -> Part | None:
    if operator.family is Family.LIST:
        return value.length if operator.name.startswith("count") else value.items
    return {Family.TEXT: value.text, Family.NUMBER: value.number, Family.BOOLEAN: value.boolean}[operator.family]


def _filled(operator: Operator, given: object, operand: object, part: Part) -> str:
    expression = part.expression
    several = isinstance(operand, tuple)
    low, high = operand if isinstance(operand, tuple) and len(operand) == 2 else (None, None)
    return operator.sql.format(
        x=expression,
        f=f"lower({expression})",
        n=expression,
        b=expression,
        items=expression,
        length=expression,
        c=literal(operand),
        folded=literal(folded(given)),
        c0=literal(low),
        c1=literal(high),
        c_list=list_literal(operand) if isinstance(operand, tuple) and several else "",
    )
