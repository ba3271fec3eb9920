"""Every operator, once: what it takes, what it says of an absent value, and how each evaluator asks it.

Templates use `{x}` the value, `{f}` its folded text, `{n}` its number, `{c}` the prepared operand; in SQL also `{b}`
the boolean, `{present}`, `{items}` the folded texts of a list, its `{length}`, and the operand as `{c_list}` or
`{folded}` text. A value of another type has no such part, and every template is false of it.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

import msgspec

from leadlight.rules import membership, text


class Family(StrEnum):
    """Kinds of values that are compared alike."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    LIST = "list"


class Takes(StrEnum):
    """What must stand behind an operator."""

    TEXT = "a text"
    TEXTS = "a list of texts"
    PATTERN = "an RE2 pattern"
    NUMBER = "a number"
    NUMBERS = "a list of numbers"
    NUMBER_RANGE = "two numbers, the lower first"
    BOOLEAN = "true or false"
    DATE = "a date (2026-05-31)"
    DATE_RANGE = "two dates, the earlier first"
    DAYS = "a number of days from 1 to 36500"
    SHIFT = "days from today, from -366 to 366"
    COUNT = "a whole number from 0"


def _same(operand: Any) -> Any:
    return operand


def _folded_all(operand: Any) -> tuple[str, ...]:
    return tuple(map(text.fold, operand))


def _folded_set(operand: Any) -> frozenset[str]:
    return frozenset(map(text.fold, operand))


def _number_set(operand: Any) -> frozenset[float]:
    return frozenset(map(float, operand))


def _numbers(operand: Any) -> tuple[float, ...]:
    return tuple(map(float, operand))


class Operator(msgspec.Struct, frozen=True):
    """One operator on one family of values.

    `normal` turns the document's operand into what SQL compares with; `constant`, or the same where it is None, into
    the object the Python expression uses. Date operators have no templates: see `rules.calendar`.
    """

    name: str
    family: Family
    takes: Takes
    says: str
    python: str = ""
    sql: str = ""
    normal: Callable[[Any], Any] = _same
    constant: Callable[[Any], Any] | None = None
    negates: str | None = None


def _negation(name: str, of: str, family: Family, takes: Takes) -> Operator:
    return Operator(name, family, takes, f"the exact opposite of `{of}`, so true of an absent value", negates=of)


_TEXT = (
    Operator("is", Family.TEXT, Takes.TEXT, "the same text", "{f} == {c}", "{f} = {c}", text.fold),
    _negation("is_not", "is", Family.TEXT, Takes.TEXT),
    Operator("in", Family.TEXT, Takes.TEXTS, "one of the texts", "{f} in {c}", "{f} IN {c}", _folded_all, _folded_set),
    _negation("not_in", "in", Family.TEXT, Takes.TEXTS),
    Operator(
        "contains",
        Family.TEXT,
        Takes.TEXT,
        "the text occurs anywhere",
        "{f} is not None and {c} in {f}",
        "contains({f}, {c})",
        text.fold,
    ),
    Operator(
        "contains_word",
        Family.TEXT,
        Takes.TEXT,
        "the text occurs with no letter or digit right before or after it",
        "{f} is not None and {c}({f})",
        "contains({f}, {folded}) AND regexp_matches({f}, {c})",
        lambda operand: text.word_pattern(text.fold(operand)),
        lambda operand: text.word_finder(text.fold(operand)),
    ),
    Operator(
        "starts_with",
        Family.TEXT,
        Takes.TEXT,
        "begins with the text",
        "{f} is not None and {f}.startswith({c})",
        "starts_with({f}, {c})",
        text.fold,
    ),
    Operator(
        "ends_with",
        Family.TEXT,
        Takes.TEXT,
        "ends with the text",
        "{f} is not None and {f}.endswith({c})",
        "ends_with({f}, {c})",
        text.fold,
    ),
    Operator(
        "glob",
        Family.TEXT,
        Takes.TEXT,
        "the whole value fits; `*` is any run of characters (also `/`), `?` any one character",
        "{f} is not None and {c}({f})",
        "regexp_matches({f}, {c})",
        lambda operand: text.glob_pattern(text.fold(operand)),
        lambda operand: text.glob_fitter(text.fold(operand)),
    ),
    Operator(
        "matches",
        Family.TEXT,
        Takes.PATTERN,
        "the RE2 pattern occurs anywhere; case matters unless it begins with `(?i)`",
        "type({x}) is str and {c}({x})",
        "regexp_matches({x}, {c})",
        constant=text.searcher,
    ),
)

_NUMBER = (
    Operator("is", Family.NUMBER, Takes.NUMBER, "the same number", "{n} == {c}", "{n} = {c}", float),
    _negation("is_not", "is", Family.NUMBER, Takes.NUMBER),
    Operator(
        "in", Family.NUMBER, Takes.NUMBERS, "one of the numbers", "{n} in {c}", "{n} IN {c}", _numbers, _number_set
    ),
    _negation("not_in", "in", Family.NUMBER, Takes.NUMBERS),
    Operator("gt", Family.NUMBER, Takes.NUMBER, "greater", "{n} is not None and {n} > {c}", "{n} > {c}", float),
    Operator(
        "gte", Family.NUMBER, Takes.NUMBER, "greater or equal", "{n} is not None and {n} >= {c}", "{n} >= {c}", float
    ),
    Operator("lt", Family.NUMBER, Takes.NUMBER, "less", "{n} is not None and {n} < {c}", "{n} < {c}", float),
    Operator(
        "lte", Family.NUMBER, Takes.NUMBER, "less or equal", "{n} is not None and {n} <= {c}", "{n} <= {c}", float
    ),
    Operator(
        "between",
        Family.NUMBER,
        Takes.NUMBER_RANGE,
        "from the first to the second, both included",
        "{n} is not None and {c}[0] <= {n} <= {c}[1]",
        "{n} BETWEEN {c0} AND {c1}",
        _numbers,
    ),
)

_BOOLEAN = (
    Operator("is", Family.BOOLEAN, Takes.BOOLEAN, "true, or false", "{x} is {c}", "{b} = {c}"),
    _negation("is_not", "is", Family.BOOLEAN, Takes.BOOLEAN),
)

_DATE = (
    Operator("on", Family.DATE, Takes.DATE, "lies on that day"),
    Operator("before", Family.DATE, Takes.DATE, "lies on an earlier day"),
    Operator("after", Family.DATE, Takes.DATE, "lies on a later day"),
    Operator("gt", Family.DATE, Takes.DATE, "lies on a later day"),
    Operator("gte", Family.DATE, Takes.DATE, "lies on that day or later"),
    Operator("lt", Family.DATE, Takes.DATE, "lies on an earlier day"),
    Operator("lte", Family.DATE, Takes.DATE, "lies on that day or earlier"),
    Operator("between", Family.DATE, Takes.DATE_RANGE, "lies from the first day to the second, both included"),
    Operator("within_last", Family.DATE, Takes.DAYS, "lies on one of the last n days, today included"),
    Operator("more_than_ago", Family.DATE, Takes.DAYS, "lies before the last n days: n days ago or earlier"),
    Operator("within_next", Family.DATE, Takes.DAYS, "lies on one of the next n days, today included"),
    Operator("anniversary", Family.DATE, Takes.SHIFT, "has an anniversary on the day n days from today (0: today)"),
)

_LIST = (
    Operator(
        "has",
        Family.LIST,
        Takes.TEXT,
        "the text is in the list",
        "has({x}, {c})",
        "list_contains({items}, {c})",
        text.fold,
    ),
    Operator(
        "has_any",
        Family.LIST,
        Takes.TEXTS,
        "at least one of the texts is in the list",
        "has_any({x}, {c})",
        "list_has_any({items}, {c_list})",
        _folded_all,
    ),
    Operator(
        "has_all",
        Family.LIST,
        Takes.TEXTS,
        "all the texts are in the list",
        "has_all({x}, {c})",
        "list_has_all({items}, {c_list})",
        _folded_all,
    ),
    Operator("count", Family.LIST, Takes.COUNT, "exactly so many items", "length({x}) == {c}", "{length} = {c}"),
    Operator(
        "count_at_least",
        Family.LIST,
        Takes.COUNT,
        "at least so many items",
        "length({x}) >= {c}",
        "{length} >= {c}",
    ),
    Operator(
        "count_at_most",
        Family.LIST,
        Takes.COUNT,
        "at most so many items, and a list",
        "-1 < length({x}) <= {c}",
        "{length} <= {c}",
    ),
)

_EXISTS = tuple(
    Operator(
        "exists",
        family,
        Takes.BOOLEAN,
        "there is a value (or, with `false`, there is none); null, empty text and the empty list are none",
        "present({x}) is {c}",
        "{present} = {c}",
    )
    for family in Family
)

OPERATORS: dict[tuple[Family, str], Operator] = {
    (operator.family, operator.name): operator for operator in (*_TEXT, *_NUMBER, *_BOOLEAN, *_DATE, *_LIST, *_EXISTS)
}

TEMPLATE_NAMES: dict[str, object] = {
    "has": membership.has,
    "has_any": membership.has_any,
    "has_all": membership.has_all,
    "length": membership.length,
    "present": membership.present,
    "type": type,
    "str": str,
}
"""What the Python templates may name besides the value and the operand."""


def operator_of(name: str, operand: object) -> Operator:
    """The operator a parsed test means; its operand tells the family."""
    for family in _families_of(operand):
        found = OPERATORS.get((family, name))
        if found is not None:
            return found
    raise KeyError(name)


def _families_of(operand: object) -> tuple[Family, ...]:
    first = operand[0] if isinstance(operand, tuple) and operand else operand
    if isinstance(first, bool):
        return (Family.BOOLEAN,)
    if isinstance(first, str):
        return (Family.TEXT, Family.LIST, Family.DATE)
    return (Family.NUMBER, Family.LIST, Family.DATE)
