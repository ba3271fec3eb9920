"""The same tallies and scores as one would write them in PostgreSQL's SQL: the baseline of the batch engine."""

import tempfile
import time
from pathlib import Path

import duckdb

from leadlight.app import App
from leadlight.kit.clock import machine_us
from leadlight.kit.days import DAY_US
from leadlight.kit.db import Connection
from leadlight.rules import All, Condition, Did, Field, Matcher, Not
from leadlight.rules import Any as AnyOf
from leadlight.rules.model import Test
from leadlight.scoring import CompiledModel
from leadlight.scoring.compiled import Behaviour

SAMPLE = """
    create temp table sample as
    select contacts.id as contact_id, subjects.id as subject_id, contacts.profile::jsonb as profile, accounts.profile::jsonb as account
    from contacts join subjects on subjects.contact_id = contacts.id left join accounts on accounts.id = contacts.account_id
    where hashtext(contacts.id::text) % {share} = 0
"""
HAPPENED = """
    create temp table happened (subject_id uuid, kind text, url_path text, properties text, day integer);
"""
COLUMNS = "subject_id, kind, url_path, properties, day"


async def recompute_in_postgres(app: App, model: CompiledModel, share: int) -> float:
    """Seconds for one contact in `share`: tallies, then every rule, then totals; loading is not counted."""
    async with app.db.connection() as conn:
        await conn.execute("set work_mem = '512MB'")
        await conn.execute(SAMPLE.format(share=share))
        await conn.execute(HAPPENED)
        await _load(conn, Path(app.settings.history))
        await conn.execute("analyze happened; analyze sample")
        await _add_curves(conn, model)
        today = machine_us() // DAY_US
        began = time.perf_counter()
        await conn.execute(_tallies(model))
        await conn.execute("create temp table sums (contact_id uuid, rule integer, points bigint)")
        for rule in model.rules:
            await conn.execute(
                _behaviour(rule, model, today)
                if isinstance(rule, Behaviour)
                else _state(rule.condition, rule.index, rule.points, model, today)
            )
        await conn.execute(_totals(model))
        return time.perf_counter() - began


async def _load(conn: Connection, history: Path) -> None:
    subjects = [row[0] for row in await conn.fetch("select subject_id::text from sample")]
    with tempfile.TemporaryDirectory() as room, duckdb.connect() as duck:
        duck.execute("create table wanted as select unnest(?::varchar[])::uuid as subject_id", [subjects])
        target = Path(room) / "happened.csv"
        duck.execute(
            f"copy (select {COLUMNS} from read_parquet('{history}/events/*.parquet') semi join wanted using (subject_id))"
            f" to '{target}' (format csv, header false)"
        )
        await conn.copy_to_table("happened", source=target, format="csv")


async def _add_curves(conn: Connection, model: CompiledModel) -> None:
    await conn.execute("create temp table curves (rule integer, age integer, ppm integer)")
    rows = [
        (rule.index, age, ppm)
        for rule in model.rules
        if isinstance(rule, Behaviour) and rule.curve
        for age, ppm in enumerate(rule.curve.ppm)
    ]
    await conn.copy_records_to_table("curves", records=rows)


def _matchers(model: CompiledModel) -> dict[Matcher, str]:
    asked: dict[Matcher, str] = {}
    for rule in model.rules:
        if isinstance(rule, Behaviour) and rule.rule.matcher:
            asked.setdefault(rule.rule.matcher, f"m{len(asked)}")
    return asked


def _tallies(model: CompiledModel) -> str:
    counts = ", ".join(
        f"count(*) filter (where {_fits(matcher)}) as {name}" for matcher, name in _matchers(model).items()
    )
    return f"create temp table tallies as select contact_id, day, {counts} from happened join sample using (subject_id) group by 1, 2"


def _fits(matcher: Matcher) -> str:
    tests = [f"kind = '{matcher.kind}'", *(_test(test, _column(test.path)) for test in matcher.where)]
    return " and ".join(tests)


def _column(path: str) -> str:
    return "url_path" if path == "url.path" else f"(properties::jsonb ->> '{path}')"


def _test(test: Test, value: str) -> str:
    operands = test.value if isinstance(test.value, tuple) else (test.value,)
    match test.op:
        case "matches":
            return f"{value} ~ '{_pattern(str(test.value))}'"
        case "exists":
            return f"{value} is {'not ' if test.value else ''}null"
        case "in":
            return f"{value} in ({', '.join(repr(item) for item in operands)})"
        case "between":
            return f"{value}::numeric between {operands[0]} and {operands[1]}"
        case "gte":
            return f"{value}::numeric >= {test.value}"
    raise ValueError(test.op)


def _pattern(pattern: str) -> str:
    return pattern.replace(r"\b", r"\y").replace("'", "''")


def _behaviour(rule: Behaviour, model: CompiledModel, today: int) -> str:
    name = _matchers(model)[rule.rule.matcher]
    limits = rule.rule.limits
    by_day = f"{name}" if limits.day is None else f"least({name}, {limits.day})"
    rooms = ["by_day"]
    for limit, period in (
        (limits.week, "(day + 3) / 7"),
        (limits.month, "date_trunc('month', date '1970-01-01' + day)"),
        (limits.ever, "1"),
    ):
        if limit is not None:
            before = f"sum(by_day) over (partition by contact_id, {period} order by day rows between unbounded preceding and 1 preceding)"
            rooms.append(f"{limit} - coalesce({before}, 0)")
    worth = "1000000" if rule.curve is None else "ppm"
    joined = "" if rule.curve is None else f"join curves on rule = {rule.index} and age = {today} - day"
    return f"""
        insert into sums
        select contact_id, {rule.index}, sum(trunc({rule.points}::numeric * counted * {worth} / 1000000))
        from (select contact_id, day, greatest(0, least({", ".join(rooms)})) as counted
              from (select contact_id, day, {by_day} as by_day from tallies where {name} > 0) as daily) as limited
        {joined} group by contact_id
    """


def _state(condition: Condition, index: int, points: int, model: CompiledModel, today: int) -> str:
    people = "(select distinct on (contact_id) contact_id, profile, account from sample) as people"
    return (
        f"insert into sums select contact_id, {index}, {points} from {people} where {_holds(condition, model, today)}"
    )


def _holds(condition: Condition, model: CompiledModel, today: int) -> str:
    match condition:
        case Field(test):
            owner, _, name = test.path.partition(".")
            holder = "account" if owner == "account" else "profile"
            value = f"({holder} ->> '{name}')"
            return f"coalesce({_test(test, value)}, false)"
        case Did(matcher, within=within):
            name = _matchers(model)[matcher]
            since = "" if within is None else f" and day > {today - within.amount}"
            return f"exists (select from tallies where tallies.contact_id = people.contact_id and {name} > 0{since})"
        case Not(item):
            return f"not {_holds(item, model, today)}"
        case All(items):
            return "(" + " and ".join(_holds(item, model, today) for item in items) + ")"
        case AnyOf(items):
            return "(" + " or ".join(_holds(item, model, today) for item in items) + ")"
    raise ValueError(condition)


def _totals(model: CompiledModel) -> str:
    groups = " ".join(
        f"when rule = any('{{{_members(model, index)}}}') then {index}" for index in range(len(model.groups))
    )
    held = " ".join(
        f"when {index} then {_held('sum(points)', group.cap, group.floor)}" for index, group in enumerate(model.groups)
    )
    return f"""
        create temp table found as
        select contact_id, sum(held) as total from (
            select contact_id, bounds, case bounds {held} else sum(points) end as held
            from (select *, case {groups} else -1 end as bounds from sums) as grouped group by contact_id, bounds) as capped
        group by contact_id
    """


def _members(model: CompiledModel, group: int) -> str:
    return ",".join(str(index) for index, member in enumerate(model.group_of) if member == group)


def _held(points: str, cap: int | None, floor: int | None) -> str:
    capped = points if cap is None else f"least({points}, {cap})"
    return capped if floor is None else f"greatest({capped}, {floor})"
