"""Behaviour: `did` with its counts, windows and measured amounts, and `sequence`."""

from typing import Any

from leadlight.rules.amounts import (
    AGGREGATES,
    COMPARISONS,
    COUNT,
    MOST_EXACT_COUNT,
    SEQUENCE_HITS,
    hits_needed,
    number_of,
)
from leadlight.rules.kinds import kind_of_name
from leadlight.rules.model import ANY_KIND, All, Did, Matcher, Sequence, Test, Window
from leadlight.rules.numbers import exact_millionths
from leadlight.rules.parse.comparisons import read_where
from leadlight.rules.parse.reader import Reader, join
from leadlight.rules.paths import path_problem

AGGREGATE_KEYS = {f"{name}_of": name for name in AGGREGATES}
MATCHER_KEYS = ("did", "where")
DID_KEYS = (*MATCHER_KEYS, *COMPARISONS, "never", *AGGREGATE_KEYS, "within", "last_within", "since")
SEQUENCE_KEYS = ("sequence", "within")
MOST_COUNT = 1_000_000
FEWEST_STEPS, MOST_STEPS = 2, 10

ONCE = (Test("", "at_least", 1),)


def read_matcher(reader: Reader, value: object, path: str) -> Matcher | None:
    """A matcher document: `did`, `where`, `measure`."""
    body = reader.mapping(value, path, "a mapping with did")
    if body is None:
        return None
    reader.only(body, path, (*MATCHER_KEYS, "measure"))
    measure = _property(reader, body["measure"], join(path, "measure")) if "measure" in body else None
    return _matcher(reader, body, path, measure=measure)


def read_did(reader: Reader, body: dict[str, Any], path: str) -> Did | All | None:
    """A behaviour; `last_within` beside anything else asks for one more match, in that window."""
    reader.only(body, path, DID_KEYS)
    found = len(reader.problems)
    aggregate, measure = _aggregate(reader, body, path)
    tests = _tests(reader, body, path, aggregate)
    within = reader.window(body["within"], join(path, "within")) if "within" in body else None
    recent = reader.window(body["last_within"], join(path, "last_within")) if "last_within" in body else None
    since = _since(reader, body["since"], join(path, "since")) if "since" in body else None
    is_exact = since is not None or (within is not None and within.is_exact)
    if is_exact:
        _check_exact(reader, tests, aggregate, path)
    is_sound = found == len(reader.problems)
    matcher = _matcher(
        reader, body, path, measure=measure, keep_hits=hits_needed(tests) if is_exact and is_sound else 0
    )
    if matcher is None:
        return None
    did = Did(matcher, aggregate, tests, within, since)
    return did if recent is None else _recent(did, recent)


def read_sequence(reader: Reader, body: dict[str, Any], path: str) -> Sequence | None:
    """Steps one after another."""
    reader.only(body, path, SEQUENCE_KEYS)
    within = reader.window(body["within"], join(path, "within")) if "within" in body else None
    steps = body["sequence"]
    at = join(path, "sequence")
    if not isinstance(steps, list) or not FEWEST_STEPS <= len(steps) <= MOST_STEPS:
        reader.refuse(at, steps, f"a list of {FEWEST_STEPS} to {MOST_STEPS} steps")
        return None
    matchers = [_step(reader, step, f"{at}[{index}]") for index, step in enumerate(steps)]
    return Sequence(tuple(matcher for matcher in matchers if matcher is not None), within)


def _recent(did: Did, window: Window) -> Did | All:
    hits = hits_needed(ONCE) if window.is_exact else 0
    matcher = Matcher(did.matcher.kind, did.matcher.where, None, hits)
    recent = Did(matcher, COUNT, ONCE, window)
    is_alone = did.aggregate == COUNT and did.tests == ONCE and did.within is None and did.since is None
    return recent if is_alone else All((did, recent))


def _step(reader: Reader, value: object, path: str) -> Matcher | None:
    body = reader.mapping(value, path, "a step such as {did: page_viewed}")
    if body is None or not reader.count_node(path):
        return None
    reader.only(body, path, MATCHER_KEYS)
    return _matcher(reader, body, path, keep_hits=SEQUENCE_HITS)


def _since(reader: Reader, value: object, path: str) -> Matcher | None:
    body = {"did": value} if isinstance(value, str) else reader.mapping(value, path, "a kind, or a mapping with did")
    if body is None:
        return None
    reader.only(body, path, MATCHER_KEYS)
    return _matcher(reader, body, path, keep_hits=1)


def _matcher(
    reader: Reader, body: dict[str, Any], path: str, *, measure: str | None = None, keep_hits: int = 0
) -> Matcher | None:
    name = reader.text(body.get("did"), join(path, "did"), "the name of an event, or *,")
    where = read_where(reader, body.get("where"), join(path, "where"))
    if name is None:
        return None
    return Matcher(name if name == ANY_KIND else kind_of_name(name), where, measure, keep_hits)


def _aggregate(reader: Reader, body: dict[str, Any], path: str) -> tuple[str, str | None]:
    named = [key for key in AGGREGATE_KEYS if key in body]
    if not named:
        return COUNT, None
    if len(named) > 1:
        reader.note(path, ", ".join(named), "one of them")
    return AGGREGATE_KEYS[named[0]], _property(reader, body[named[0]], join(path, named[0]))


def _property(reader: Reader, value: object, path: str) -> str | None:
    text = reader.text(value, path, "the path of a numeric property,")
    problem = path_problem(text) if text is not None else None
    if problem is not None:
        reader.refuse(path, value, problem)
    return text


def _tests(reader: Reader, body: dict[str, Any], path: str, aggregate: str) -> tuple[Test, ...]:
    read = _count if aggregate == COUNT else _amount
    tests = [test for name in COMPARISONS if name in body for test in read(reader, name, body[name], join(path, name))]
    if "never" in body:
        tests += _never(reader, body, path, aggregate)
    if aggregate != COUNT and not any(name in body for name in COMPARISONS):
        reader.note(path, "no comparison", f"a comparison: {', '.join(COMPARISONS)}")
    return tuple(tests) or ONCE


def _never(reader: Reader, body: dict[str, Any], path: str, aggregate: str) -> tuple[Test, ...]:
    if body["never"] is not True:
        reader.refuse(join(path, "never"), body["never"], "true")
    elif aggregate != COUNT or any(name in body for name in COMPARISONS):
        reader.refuse(join(path, "never"), True, "never alone, without another comparison")
    return (Test("", "exactly", 0),)


def _count(reader: Reader, name: str, value: object, path: str) -> tuple[Test, ...]:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_COUNT:
        reader.refuse(path, value, f"a whole number from 0 to {MOST_COUNT}")
        return ()
    return (Test("", name, value),) if reader.count_node(path) else ()


def _amount(reader: Reader, name: str, value: object, path: str) -> tuple[Test, ...]:
    if isinstance(value, bool) or not isinstance(value, int | float) or exact_millionths(value) is None:
        reader.refuse(path, value, "a number below 1e12 with at most six decimals")
        return ()
    return (Test("", name, value),) if reader.count_node(path) else ()


def _check_exact(reader: Reader, tests: tuple[Test, ...], aggregate: str, path: str) -> None:
    if aggregate != COUNT:
        reader.note(path, f"{aggregate}_of", "a window in days and no since: amounts are kept by the day")
        return
    for test in tests:
        if number_of(test) > MOST_EXACT_COUNT:
            expected = f"at most {MOST_EXACT_COUNT} with since or a window in hours, minutes or seconds"
            reader.refuse(join(path, test.op), test.value, expected)
