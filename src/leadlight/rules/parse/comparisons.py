"""Comparisons: `{contains_word: pricing}` and its short form, on fields and on parts of events."""

from collections.abc import Iterator
from difflib import get_close_matches

from leadlight.rules.model import Test
from leadlight.rules.operators import OPERATORS, Family, Operator
from leadlight.rules.parse.operands import Unfit, operand_of
from leadlight.rules.parse.reader import Reader, join
from leadlight.rules.paths import path_problem
from leadlight.rules.scope import EVENT_FAMILIES


def read_tests(reader: Reader, value: object, subject: str, path: str, families: tuple[Family, ...]) -> Iterator[Test]:
    """The tests on one value; a bare scalar means `is`."""
    if not isinstance(value, dict):
        yield from read_test(reader, "is", value, subject, path, families)
        return
    body = reader.mapping(value, path, "a comparison")
    if body == {}:
        reader.refuse(path, body, "at least one operator")
    for name, operand in (body or {}).items():
        yield from read_test(reader, name, operand, subject, join(path, name), families)


def read_where(reader: Reader, value: object, path: str) -> tuple[Test, ...]:
    """The tests on parts of an event, by their paths."""
    if value is None:
        return ()
    body = reader.mapping(value, path, "a mapping from parts of the event to comparisons")
    tests: list[Test] = []
    for subject, comparisons in (body or {}).items():
        at = join(path, subject)
        problem = path_problem(subject)
        if problem is not None:
            reader.refuse(at, subject, problem)
            continue
        tests += read_tests(reader, comparisons, subject, at, EVENT_FAMILIES)
    return tuple(tests)


def read_test(
    reader: Reader, name: str, value: object, subject: str, path: str, families: tuple[Family, ...]
) -> Iterator[Test]:
    """The test with the operator `name`, or nothing when it was refused."""
    if not reader.count_node(path):
        return
    candidates = [OPERATORS[family, name] for family in families if (family, name) in OPERATORS]
    if not candidates:
        reader.refuse(path, name, _operators_of(name, families))
        return
    expected = []
    for operator in candidates:
        try:
            yield Test(subject, name, operand_of(operator.takes, value))
        except Unfit as unfit:
            expected.append(str(unfit))
        else:
            return
    reader.refuse(path, value, " or ".join(dict.fromkeys(expected)))


def _operators_of(name: str, families: tuple[Family, ...]) -> str:
    names = list(dict.fromkeys(operator.name for operator in _of(families)))
    nearest = get_close_matches(name, names, n=1)
    hint = f"perhaps {nearest[0]}; " if nearest else ""
    return f"{hint}one of {', '.join(names)}"


def _of(families: tuple[Family, ...]) -> Iterator[Operator]:
    return (operator for (family, _), operator in OPERATORS.items() if family in families)
