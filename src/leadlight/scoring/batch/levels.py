"""From sums by rule to totals by level: group caps and floors, then the model's."""

from duckdb import DuckDBPyConnection

from leadlight.scoring.batch.literals import quoted
from leadlight.scoring.batch.numbers import WHOLE
from leadlight.scoring.compiled import Bounds, CompiledModel


def add_totals(connection: DuckDBPyConnection, compiled: CompiledModel, *, keep_lines: bool) -> None:
    """Fill `totals` from `sums`; `fit` and `engagement` as `scoring.totals` books them."""
    connection.execute(f"""
        create or replace table grouped as
        select contact, level, is_fit, bounds, points, {_held(compiled.groups)} as held
        from (
            select contact, level, is_fit, bounds, sum(points)::bigint as points
            from sums join rules using (rule) group by contact, level, is_fit, bounds)
    """)
    model = compiled.model
    connection.execute(f"""
        create or replace table ledgers as
        select contact, level, fit, engagement, fit + engagement as points,
            {_between("(fit + engagement)", model.cap_hundredths, model.floor_hundredths)} as held
        from (
            select contact, level,
                sum(case when is_fit then held else 0 end)::bigint as fit,
                sum(case when is_fit then 0 else held end)::bigint as engagement
            from grouped group by contact, level)
    """)
    if keep_lines:
        _add_corrections(connection, compiled)
    connection.execute(f"""
        create or replace table totals as
        with others as (
            select contact, json_group_object(name, held) as levels
            from ledgers join levels using (level) where level <> {WHOLE} group by contact),
        soonest as (select contact, min(at_us) as next_change_us from changes group by contact)
        select contact_id, coalesce(held, 0) as total, coalesce(fit, 0) as fit,
            coalesce(engagement + held - points, 0) as engagement, coalesce(others.levels::varchar, '{{}}') as levels, next_change_us
        from contacts
        join numbered_contacts using (contact_id)
        left join (select * from ledgers where level = {WHOLE}) using (contact)
        left join others using (contact)
        left join soonest using (contact)
    """)


def _add_corrections(connection: DuckDBPyConnection, compiled: CompiledModel) -> None:
    for index, group in enumerate(compiled.groups):
        _add_correction(connection, "grouped", f":{group.key}", f"and bounds = {index}")
    _add_correction(connection, "ledgers", "", "")


def _add_correction(connection: DuckDBPyConnection, table: str, suffix: str, only: str) -> None:
    rule = f"case when held < points then {quoted('cap' + suffix)} else {quoted('floor' + suffix)} end"
    connection.execute(f"""
        insert into lines select contact_id, {rule}, name, null, 0, 0, held - points
        from {table} join numbered_contacts using (contact) join levels using (level) where held <> points {only}
    """)


def _held(groups: tuple[Bounds, ...]) -> str:
    branches = [f"when {index} then {_between('points', group.cap, group.floor)}" for index, group in enumerate(groups)]
    return f"(case bounds {' '.join(branches)} else points end)" if branches else "points"


def _between(points: str, cap: int | None, floor: int | None) -> str:
    branches = [] if cap is None else [f"when {points} > {cap} then {cap}"]
    branches += [] if floor is None else [f"when {points} < {floor} then {floor}"]
    return f"(case {' '.join(branches)} else {points} end)" if branches else points
