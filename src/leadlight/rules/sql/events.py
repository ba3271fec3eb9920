"""Matchers as SQL over the relation `events`."""

from leadlight.rules.model import ANY_KIND, Matcher
from leadlight.rules.paths import Column, WholeUrl, place_of, property_of
from leadlight.rules.sql.comparisons import comparison_sql
from leadlight.rules.sql.literals import quoted
from leadlight.rules.sql.values import event_value


def matcher_sql(matcher: Matcher) -> str:
    """A boolean expression, never NULL, that is true of the events the matcher fits; cheap columns are asked first."""
    cheap = [] if matcher.kind == ANY_KIND else [f"kind = {quoted(matcher.kind)}"]
    cheap.append("excluded IS NULL")
    costly: list[str] = []
    for test in matcher.where:
        place = place_of(test.path)
        tests = cheap if isinstance(place, Column | WholeUrl) else costly
        tests.append(comparison_sql(test, event_value(place)))
    if not costly:
        return f"({' AND '.join(cheap)})"
    return f"(CASE WHEN {' AND '.join(cheap)} THEN {' AND '.join(costly)} ELSE FALSE END)"


def measure_sql(matcher: Matcher) -> str:
    """The measured property in millionths as BIGINT; NULL where it is no number, or the event is of another kind."""
    if matcher.measure is None:
        return "CAST(NULL AS BIGINT)"
    at = f"properties, {quoted(property_of(matcher.measure).pointer)}"
    is_kind = "" if matcher.kind == ANY_KIND else f"kind = {quoted(matcher.kind)} AND "
    is_number = f"{is_kind}json_type({at}) IN ('UBIGINT', 'BIGINT', 'DOUBLE')"
    amount = f"CAST(TRY_CAST(json_extract_string({at}) AS DECIMAL(18, 6)) AS DECIMAL(25, 6))"
    return f"(CASE WHEN {is_number} THEN CAST({amount} * 1000000 AS BIGINT) ELSE NULL END)"
