"""Date tests in SQL. Zones stay out of it: days become seconds here, so both evaluators compare the same numbers."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from leadlight.rules.calendar import Span, spans_of
from leadlight.rules.dates import LOCAL, SECONDS, ZONED, start_second
from leadlight.rules.model import Test
from leadlight.rules.sql.comparisons import guarded
from leadlight.rules.sql.literals import quoted
from leadlight.rules.sql.values import SqlValue

Bounds = tuple[int | None, int | None]


def date_comparison_sql(test: Test, value: SqlValue, today: int, zone: ZoneInfo) -> str:
    """A test on a date, as of the day `today`; never NULL."""
    if value.text is None:
        return "FALSE"
    text = value.text.expression
    spans = spans_of(test, today)
    days = _in_one_of(_day(text), [(span.first, span.last) for span in spans])
    seconds = _in_one_of(_second(text), [_seconds_of(span, zone) for span in spans])
    is_local, is_zoned = (f"regexp_matches({text}, {quoted(pattern)})" for pattern in (LOCAL, ZONED))
    return guarded(value.text, f"(CASE WHEN {is_local} THEN {days} WHEN {is_zoned} THEN {seconds} ELSE FALSE END)")


def _in_one_of(expression: str, bounds: Sequence[Bounds]) -> str:
    if len(bounds) == 1:
        return _between(expression, *bounds[0])
    if not bounds:
        return "FALSE"
    pairs = ", ".join(f"[{first}, {last}]" for first, last in bounds)
    return f"list_contains(list_transform([{pairs}], lambda span: {expression} BETWEEN span[1] AND span[2]), TRUE)"


def _between(expression: str, first: int | None, last: int | None) -> str:
    bounds = [f"{expression} >= {first}"] if first is not None else []
    bounds += [f"{expression} <= {last}"] if last is not None else []
    return f"({' AND '.join(bounds)})"


def _seconds_of(span: Span, zone: ZoneInfo) -> Bounds:
    first = None if span.first is None else start_second(span.first, zone)
    last = None if span.last is None else start_second(span.last + 1, zone) - 1
    return first, last


def _day(text: str) -> str:
    return f"CAST(TRY_CAST(substr({text}, 1, 10) AS DATE) - DATE '1970-01-01' AS BIGINT)"


def _second(text: str) -> str:
    clock = f"{_digits(text, '12')} * 3600 + {_digits(text, '15')} * 60"
    seconds = f"coalesce(TRY_CAST(regexp_extract({text}, {quoted(SECONDS)}, 1) AS BIGINT), 0)"
    sign = f"CASE WHEN substr({text}, length({text}) - 5, 1) = '-' THEN -1 ELSE 1 END"
    hours, minutes = _digits(text, f"length({text}) - 4"), _digits(text, f"length({text}) - 1")
    offset = f"CASE WHEN ends_with({text}, 'Z') THEN 0 ELSE ({sign}) * ({hours} * 3600 + {minutes} * 60) END"
    return f"({_day(text)} * 86400 + {clock} + {seconds} - ({offset}))"


def _digits(text: str, start: str) -> str:
    return f"TRY_CAST(substr({text}, {start}, 2) AS BIGINT)"
