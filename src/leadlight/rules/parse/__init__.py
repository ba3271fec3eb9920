"""Conditions from JSON or YAML values; every problem is reported with its path."""

from leadlight.kit.errors import InvalidDocument
from leadlight.rules.model import Condition, Matcher
from leadlight.rules.parse.behaviour import read_matcher
from leadlight.rules.parse.conditions import read_condition
from leadlight.rules.parse.reader import MOST_DEPTH, MOST_NODES, Reader
from leadlight.rules.scope import ANYTHING, Scope
from leadlight.rules.walk import depth_of, size_of

__all__ = ["parse_condition", "parse_matcher"]


def parse_condition(document: object, scope: Scope = ANYTHING, path: str = "") -> Condition:
    """The condition a document describes; `path` is put before the paths of problems. Raises InvalidDocument with all of them."""
    reader = Reader(scope)
    condition = read_condition(reader, document, path, depth=1)
    if condition is not None:
        _check_extent(reader, condition, path)
    if reader.problems or condition is None:
        raise InvalidDocument(reader.problems)
    return condition


def parse_matcher(document: object, path: str = "") -> Matcher:
    """The matcher of `{did: ..., where: ..., measure: ...}`; `measure` is the path of a numeric property. Raises InvalidDocument."""
    reader = Reader(ANYTHING)
    matcher = read_matcher(reader, document, path)
    if reader.problems or matcher is None:
        raise InvalidDocument(reader.problems)
    return matcher


def _check_extent(reader: Reader, condition: Condition, path: str) -> None:
    """Short forms stand for several conditions; the limits hold for what they stand for."""
    if (size := size_of(condition)) > MOST_NODES:
        reader.note(path, f"{size}", f"at most {MOST_NODES} conditions and comparisons in all")
    if (depth := depth_of(condition)) > MOST_DEPTH:
        reader.note(path, f"depth {depth}", f"conditions nested at most {MOST_DEPTH} deep")
