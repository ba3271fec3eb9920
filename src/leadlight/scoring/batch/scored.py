"""Everyone's score under one model: lines, sums by rule, totals by level."""

from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from duckdb import DuckDBPyConnection

from leadlight.kit.days import day_of, start_of_day_us
from leadlight.rules import condition_sql
from leadlight.scoring.bands import Standing, first_standing, grade_of, settle
from leadlight.scoring.batch.grain import Grain, grain_of
from leadlight.scoring.batch.levels import add_totals
from leadlight.scoring.batch.lines import lines_sql
from leadlight.scoring.batch.literals import quoted
from leadlight.scoring.batch.numbers import WHOLE, name_levels, number_others
from leadlight.scoring.compiled import Behaviour, CompiledModel, State
from leadlight.scoring.model import GLOBAL, Model, Score

TABLES = (
    "lines (contact_id uuid, rule varchar, level varchar, day integer, matched bigint, counted bigint, points bigint)",
    "sums (contact integer, level integer, rule integer, points bigint)",
    "changes (contact integer, rule integer, at_us bigint)",
    "curves (rule integer, age integer, ppm integer, next_drop integer)",
    "midnights (day integer, at_us bigint)",
    "rules (rule integer, is_fit boolean, bounds integer)",
)


class Total(NamedTuple):
    """One contact's row of `totals`; `levels` is JSON: level -> total."""

    contact_id: UUID
    total: int
    fit: int
    engagement: int
    levels: str
    next_change_us: int | None


_decode_levels = msgspec.json.Decoder(dict[str, int]).decode


def score_everyone(
    connection: DuckDBPyConnection,
    compiled: CompiledModel,
    *,
    today: int,
    now_us: int,
    zone: ZoneInfo,
    keep_lines: bool = False,
) -> None:
    """Fill `sums`, `changes` and `totals` (and `lines` when they are wanted) from what `tally_events` left, `events` and `contacts`.

    `totals` has one row a contact: contact_id, total, fit, engagement, levels (JSON: level -> total) and next_change_us,
    which is never late, but may be early where points fade.
    """
    for table in TABLES:
        connection.execute(f"create or replace table {table}")
    number_others(connection)
    tags = name_levels(connection, compiled)
    _fill_constants(connection, compiled, today, zone)
    for rule in compiled.rules:
        if isinstance(rule, State):
            _add_state(connection, rule, now_us, zone, keep_lines=keep_lines)
        else:
            _add_behaviour(connection, rule, today, [tags[level] for level in rule.tag_levels], keep_lines=keep_lines)
    add_totals(connection, compiled, keep_lines=keep_lines)


def totals(connection: DuckDBPyConnection, at_once: int = 10_000) -> Iterator[list[Total]]:
    """What `score_everyone` found, in chunks of at most `at_once` contacts, ordered by contact."""
    rows = connection.cursor().execute(f"select {', '.join(Total._fields)} from totals order by contact_id")
    while chunk := rows.fetchmany(at_once):
        yield [Total(*row) for row in chunk]


def score_of(
    model: Model, found: Total, before: Standing | None, *, today: int, now_us: int
) -> tuple[Score, int | None]:
    """The score to store, and its next change; the band goes on from where the contact stood `before`.

    It carries no sums by rule: the first event or moment that touches it sums everything.
    """
    standing = settle(model, found.total, before or first_standing(model, now_us), now_us)
    score = Score(
        contact_id=found.contact_id,
        model=model.key,
        version=model.version,
        as_of_day=today,
        total=found.total,
        fit=found.fit,
        engagement=found.engagement,
        band=standing.band,
        grade=grade_of(model, found.fit, found.engagement),
        levels=_decode_levels(found.levels),
        sums={},
        band_since_us=standing.since_us,
        cool_until_us=standing.cool_until_us,
    )
    moments = [at_us for at_us in (found.next_change_us, standing.opens_at_us) if at_us is not None]
    return score, min(moments, default=None)


def _fill_constants(connection: DuckDBPyConnection, compiled: CompiledModel, today: int, zone: ZoneInfo) -> None:
    """Curves by rule, midnights on which something may change, where each rule belongs, and which matches lie ahead."""
    horizon = 1
    for rule in compiled.rules:
        if isinstance(rule, Behaviour) and rule.curve is not None:
            ages = list(range(len(rule.curve.ppm)))
            connection.execute(
                "insert into curves select ?, unnest(?::integer[]), unnest(?::integer[]), unnest(?::integer[])",
                [rule.index, ages, list(rule.curve.ppm), list(rule.curve.next_drop)],
            )
            horizon = max(horizon, len(ages))
    days = list(range(today + 1, today + horizon + 2))
    connection.execute(
        "insert into midnights select unnest(?::integer[]), unnest(?::bigint[])",
        [days, [start_of_day_us(day, zone) for day in days]],
    )
    for index, is_fit in enumerate(compiled.is_fit):
        connection.execute("insert into rules values (?, ?, ?)", [index, is_fit, compiled.group_of[index]])
    connection.execute(f"""
        create or replace table ahead as select distinct contact, matcher
        from (select contact, matcher, day from counted union all select contact, matcher, day from measured)
        where day > {today}
    """)


def _add_behaviour(
    connection: DuckDBPyConnection, rule: Behaviour, today: int, tags: list[int], *, keep_lines: bool
) -> None:
    """`tags` are the levels that hold the same lines as the global one."""
    lines = f"({lines_sql(rule, today)})"
    copies = f"(select unnest({tags}::integer[]) as tag) where level = {WHOLE}"
    if keep_lines:
        connection.execute(f"create or replace table fresh as {lines}")
        connection.execute(
            f"insert into fresh select contact, tag, day, matched, counted, points, drops_on from fresh cross join {copies}"
        )
        lines = "fresh"
        connection.execute(f"""
            insert into lines select contact_id, {quoted(rule.rule.key)}, name, day, matched, counted, points
            from fresh join numbered_contacts using (contact) join levels using (level)
        """)
    connection.execute(f"""
        create or replace table added as
        select contact, level, sum(points)::bigint as points, min(drops_on) as drops_on
        from {lines} group by contact, level
    """)
    connection.execute(f"insert into sums select contact, level, {rule.index}, points from added")
    if not keep_lines:
        connection.execute(f"insert into sums select contact, tag, {rule.index}, points from added cross join {copies}")
    _add_changes(connection, rule)


def _add_changes(connection: DuckDBPyConnection, rule: Behaviour) -> None:
    """When lines fade; and tomorrow, for matches that lie ahead."""
    if rule.curve is not None:
        connection.execute(f"""
            insert into changes select contact, {rule.index}, at_us
            from (select contact, min(drops_on) as day from added group by contact) join midnights using (day)
        """)
    connection.execute(f"""
        insert into changes select contact, {rule.index}, (select min(at_us) from midnights)
        from ahead where matcher = {rule.matcher_id}
    """)


def _add_state(connection: DuckDBPyConnection, rule: State, now_us: int, zone: ZoneInfo, *, keep_lines: bool) -> None:
    """When a condition changes by time alone is not known here: it is looked at again when it could, by `rescore`."""
    holding = condition_sql(rule.condition, now_us, zone)
    connection.execute(f"create or replace table fresh as {holding}")
    if keep_lines:
        key = quoted(rule.rule.key)
        connection.execute(
            f"insert into lines select contact_id, {key}, '{GLOBAL}', null, 1, 1, {rule.points} from fresh"
        )
    connection.execute(
        f"insert into sums select contact, {WHOLE}, {rule.index}, {rule.points} from fresh join numbered_contacts using (contact_id)"
    )
    connection.execute("drop table fresh")
    moment = {Grain.NEVER: None, Grain.DAY: start_of_day_us(day_of(now_us, zone) + 1, zone), Grain.EXACT: now_us}
    at_us = moment[grain_of(rule.condition)]
    if at_us is not None:
        connection.execute(f"insert into changes select contact, {rule.index}, {at_us} from numbered_contacts")
