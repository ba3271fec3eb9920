"""What a condition needs to know."""

from collections.abc import Iterator

from leadlight.rules.model import All, Condition, Did, Matcher, Not, Sequence
from leadlight.rules.model import Any as AnyOf


def matchers_of(condition: Condition) -> tuple[Matcher, ...]:
    """Every matcher the condition asks for, in order of appearance; equal ones once for each appearance."""
    return tuple(_matchers(condition))


def _matchers(condition: Condition) -> Iterator[Matcher]:
    match condition:
        case All(items) | AnyOf(items):
            for item in items:
                yield from _matchers(item)
        case Not(item):
            yield from _matchers(item)
        case Sequence(steps):
            yield from steps
        case Did(matcher, since=since):
            yield matcher
            if since is not None:
                yield since


def size_of(condition: Condition) -> int:
    """How many conditions and comparisons there are in all."""
    match condition:
        case All(items) | AnyOf(items):
            return 1 + sum(map(size_of, items))
        case Not(item):
            return 1 + size_of(item)
        case Sequence(steps):
            return 1 + sum(1 + len(step.where) for step in steps)
        case Did(matcher, tests=tests, since=since):
            return 1 + len(matcher.where) + len(tests) + (len(since.where) if since is not None else 0)
        case _:
            return 2


def depth_of(condition: Condition) -> int:
    """How deep conditions are nested; 1 for a single one."""
    match condition:
        case All(items) | AnyOf(items):
            return 1 + max(map(depth_of, items), default=0)
        case Not(item):
            return 1 + depth_of(item)
        case _:
            return 1
