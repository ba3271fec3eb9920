"""Behaviour as common table expressions over `events`, and the booleans over their columns."""

from collections.abc import Iterable

from leadlight.rules.amounts import COMPARISONS, COUNT, SEQUENCE_HITS, amount_of
from leadlight.rules.evaluation.moment import Moment, span_us
from leadlight.rules.model import ANY_KIND, Did, Matcher, Sequence, Test
from leadlight.rules.sql.events import matcher_sql, measure_sql
from leadlight.rules.sql.literals import quoted


class Behaviour:
    """Collects what a statement must know about behaviour. `tables` are CTEs of one row a contact, to be joined."""

    def __init__(self, moment: Moment, events: str) -> None:
        self.ctes: list[str] = []
        self.tables: list[str] = []
        self._moment = moment
        self._events = events
        self._tallied: list[tuple[Did, str]] = []

    def did(self, did: Did) -> str:
        """The boolean for a behaviour; never NULL."""
        if did.since is not None:
            name = self._name()
            self._join(name, self._counted_since(did, did.since, name))
            return _passes(did, f"n_{name}", "", "", "", "")
        name = f"t{len(self._tallied)}"
        self._tallied.append((did, name))
        return _passes(did, f"n_{name}", f"k_{name}", f"s_{name}", f"l_{name}", f"h_{name}")

    def sequence(self, sequence: Sequence) -> str:
        """The boolean for a sequence; never NULL."""
        name = self._name()
        self.ctes.append(
            f"{name}_0 AS (SELECT contact_id, at_us AS ends, at_us AS starts FROM {self._hits(sequence.steps[0])})"
        )
        for place, step in enumerate(sequence.steps[1:], start=1):
            self.ctes.append(f"{name}_{place} AS ({self._continued(f'{name}_{place - 1}', step)})")
        limit = "" if sequence.within is None else f" WHERE ends - starts <= {span_us(sequence.within)}"
        last = f"{name}_{len(sequence.steps) - 1}"
        self._join(name, f"SELECT DISTINCT contact_id, TRUE AS {name}_done FROM {last}{limit}")
        return f"coalesce({name}_done, FALSE)"

    def finish(self) -> None:
        """Add the one pass over the events that counts everything countable."""
        if not self._tallied:
            return
        flags = [f"{matcher_sql(did.matcher)} AND {self._window(did)} AS is_{name}" for did, name in self._tallied]
        flags += [f"{measure_sql(did.matcher)} AS v_{name}" for did, name in self._tallied if did.matcher.measure]
        sums = [column for did, name in self._tallied for column in _aggregates(did, name)]
        only = _kinds(did.matcher for did, _ in self._tallied)
        inner = f"SELECT contact_id, {', '.join(flags)} FROM {self._events}{only}"
        self._join("tallies", f"SELECT contact_id, {', '.join(sums)} FROM ({inner}) GROUP BY contact_id")

    def _name(self) -> str:
        return f"b{len(self.ctes)}"

    def _join(self, name: str, statement: str) -> None:
        self.ctes.append(f"{name} AS ({statement})")
        self.tables.append(name)

    def _window(self, did: Did) -> str:
        if did.within is None:
            return "TRUE"
        if did.within.is_exact:
            return f"at_us >= {self._moment.starts_us(did.within)}"
        return f"day >= {self._moment.first_day(did.within)}"

    def _counted_since(self, did: Did, since: Matcher, name: str) -> str:
        marks = f"SELECT contact_id AS of_contact, max(at_us) AS since_us FROM {self._events} WHERE {matcher_sql(since)} GROUP BY 1"
        inside = "" if did.within is None else f" AND at_us >= {self._moment.starts_us(did.within)}"
        return (
            f"SELECT contact_id, count(*) AS n_{name} FROM {self._events} JOIN ({marks}) ON of_contact = contact_id"
            f" WHERE {matcher_sql(did.matcher)} AND at_us > since_us{inside} GROUP BY contact_id"
        )

    def _hits(self, step: Matcher) -> str:
        newest = "row_number() OVER (PARTITION BY contact_id ORDER BY at_us DESC)"
        ranked = f"SELECT contact_id, at_us, {newest} AS place FROM {self._events} WHERE {matcher_sql(step)}"
        return f"(SELECT contact_id, at_us FROM ({ranked}) WHERE place <= {SEQUENCE_HITS})"

    def _continued(self, chains: str, step: Matcher) -> str:
        """Each hit of the step with the latest start of a chain that ended before it."""
        rows = (
            f"SELECT contact_id, ends AS at_us, starts, FALSE AS is_step FROM {chains}"
            f" UNION ALL SELECT contact_id, at_us, CAST(NULL AS BIGINT), TRUE FROM {self._hits(step)}"
        )
        frame = "PARTITION BY contact_id ORDER BY at_us RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"
        latest = f"SELECT contact_id, at_us AS ends, max(starts) OVER ({frame}) AS starts, is_step FROM ({rows})"
        return f"SELECT contact_id, ends, starts FROM ({latest}) WHERE is_step AND starts IS NOT NULL"


def _aggregates(did: Did, name: str) -> list[str]:
    hit = f"FILTER (WHERE is_{name})"
    if did.aggregate == COUNT:
        return [f"count(*) {hit} AS n_{name}"]
    return [
        f"count(v_{name}) {hit} AS k_{name}",
        f"sum(v_{name}) {hit} AS s_{name}",
        f"min(v_{name}) {hit} AS l_{name}",
        f"max(v_{name}) {hit} AS h_{name}",
    ]


def _kinds(matchers: Iterable[Matcher]) -> str:
    kinds = {matcher.kind for matcher in matchers}
    return "" if ANY_KIND in kinds else f" WHERE kind IN ({', '.join(map(quoted, sorted(kinds)))})"


def _passes(did: Did, count: str, measured: str, total: str, low: str, high: str) -> str:
    columns = {"count": f"coalesce({count}, 0)", "sum": f"coalesce({total}, 0)", "min": low, "max": high}
    tests = [_comparison(did.aggregate, test, columns, measured, total) for test in did.tests]
    return f"({' AND '.join(tests)})"


def _comparison(aggregate: str, test: Test, columns: dict[str, str], measured: str, total: str) -> str:
    sign = COMPARISONS[test.op][1]
    if aggregate == COUNT:
        return f"{columns[COUNT]} {sign} {test.value}"
    amount = amount_of(test)
    if aggregate == "avg":
        scaled = f"CAST({amount} AS HUGEINT) * {measured}"
        return f"coalesce(CASE WHEN {measured} > 0 THEN {total} {sign} {scaled} ELSE FALSE END, FALSE)"
    return f"coalesce({columns[aggregate]} {sign} {amount}, FALSE)"
