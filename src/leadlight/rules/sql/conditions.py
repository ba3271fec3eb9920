"""A condition as one statement: the contacts for which it holds."""

from zoneinfo import ZoneInfo

from leadlight.rules.evaluation.moment import Moment, moment_of
from leadlight.rules.model import All, Condition, Did, Field, InSegment, Not, Sequence, Test
from leadlight.rules.model import Any as AnyOf
from leadlight.rules.operators import Family, operator_of
from leadlight.rules.sql.behaviour import Behaviour
from leadlight.rules.sql.comparisons import comparison_sql
from leadlight.rules.sql.dates import date_comparison_sql
from leadlight.rules.sql.literals import quoted
from leadlight.rules.sql.values import field_value


def condition_sql(
    condition: Condition, now_us: int, zone: ZoneInfo, events: str = "events", contacts: str = "contacts"
) -> str:
    """A SELECT of `contact_id`, each once, over the relations named `events` and `contacts` (see docs/reference/conditions.md)."""
    moment = moment_of(now_us, zone)
    behaviour = Behaviour(moment, events)
    holds = _holds(condition, behaviour, moment)
    behaviour.finish()
    ctes = f"WITH {', '.join(behaviour.ctes)} " if behaviour.ctes else ""
    joins = "".join(f" LEFT JOIN {table} USING (contact_id)" for table in behaviour.tables)
    return f"{ctes}SELECT contact_id FROM {contacts}{joins} WHERE {holds}"


def _holds(condition: Condition, behaviour: Behaviour, moment: Moment) -> str:
    match condition:
        case Field(test):
            return _field(test, moment)
        case Did():
            return behaviour.did(condition)
        case Sequence():
            return behaviour.sequence(condition)
        case InSegment(key):
            return f"coalesce(list_contains(segments, {quoted(key)}), FALSE)"
        case Not(item):
            return f"(NOT {_holds(item, behaviour, moment)})"
        case All(items):
            return f"({' AND '.join(_holds(item, behaviour, moment) for item in items) or 'TRUE'})"
        case AnyOf(items):
            return f"({' OR '.join(_holds(item, behaviour, moment) for item in items) or 'FALSE'})"


def _field(test: Test, moment: Moment) -> str:
    value = field_value(test.path)
    if operator_of(test.op, test.value).family is Family.DATE and test.op != "exists":
        return date_comparison_sql(test, value, moment.today, moment.zone)
    return comparison_sql(test, value)
