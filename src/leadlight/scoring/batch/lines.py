"""SQL for the lines of one rule: matches by day, what limits leave of them, what fading leaves of their points."""

from leadlight.scoring.batch.numbers import WHOLE
from leadlight.scoring.compiled import Behaviour
from leadlight.scoring.fading import PPM
from leadlight.scoring.ledger import MILLIONTHS, MOST_IN_A_LINE
from leadlight.scoring.limits import UNLIMITED
from leadlight.scoring.model import Fade

SMALL_POINTS = 100_000
"""Points up to this, times a day's matches, times parts per million, stay within 64 bits."""

WEEK = "((day + 7000003) // 7)"
MONTH = "(year(date '1970-01-01' + day) * 12 + month(date '1970-01-01' + day))"


def lines_sql(rule: Behaviour, today: int) -> str:
    """Rows (contact, level, day, matched, counted, points, drops_on) of the rule's own ledgers, tags left out.

    `drops_on` is the first day on which less is left of the line's points; NULL for never. Needs the tables
    `counted`, `measured` and `curves`.
    """
    source, ppm, drops_on = _faded(rule, today)
    return f"""
        with daily as ({_daily(rule, today)}),
        limited as ({_limited(rule)})
        select contact, level, day, matched, counted, {_worth(rule, ppm)} as points, {drops_on} as drops_on
        from {source}
    """


def _daily(rule: Behaviour, today: int) -> str:
    table = "measured" if rule.per_measured else "counted"
    rows = f"from {table} where matcher = {rule.matcher_id} and day <= {today}"
    numbers = "sum(count)::bigint as matched" + (", sum(total) as measured" if rule.per_measured else ", 0 as measured")
    of_all = f"select contact, {WHOLE} as level, day, {numbers} {rows} group by contact, day"
    if not rule.by_stage:
        return of_all
    of_stage = f"select contact, stage, day, {numbers} {rows} and stage <> {WHOLE} group by contact, stage, day"
    return f"{of_all} union all {of_stage}"


def _faded(rule: Behaviour, today: int) -> tuple[str, str, str]:
    """Where lines come from, the parts per million left of each, and when that drops."""
    if rule.curve is None:
        return "limited", str(PPM), "null::integer"
    if rule.rule.fade == Fade(expire_days=rule.rule.fade.expire_days):
        days = len(rule.curve.ppm)
        return f"limited where day > {today - days}", str(PPM), f"day + {days}"
    curve = f"(select age, ppm, next_drop from curves where rule = {rule.index}) on age = {today} - day"
    return f"limited join {curve}", "ppm", "day + next_drop"


def _worth(rule: Behaviour, ppm: str) -> str:
    """As `scoring.ledger.worth`; `//` truncates toward zero."""
    if rule.per_measured:
        points = f"({rule.points}::hugeint * measured * {ppm} // {MILLIONTHS * PPM})"
    elif rule.curve is None or ppm == str(PPM):
        points = f"({rule.points}::bigint * counted)"
    else:
        wide = "bigint" if abs(rule.points) <= SMALL_POINTS else "hugeint"
        points = f"({rule.points}::{wide} * counted * {ppm} // {PPM})"
    least, most = -MOST_IN_A_LINE, MOST_IN_A_LINE
    return f"(case when {points} > {most} then {most} when {points} < {least} then {least} else {points} end)::bigint"


def _limited(rule: Behaviour) -> str:
    """Rows of `daily` with `counted`. Only keys that any longer period could bind take the windowed way."""
    limits = rule.limits
    if limits is None:
        return "select *, matched as counted from daily"
    of_day = "matched" if limits.day is None else _least("matched", limits.day)
    longer = [limit for limit in (limits.week, limits.month, limits.ever) if limit is not None]
    if not longer:
        return f"select *, {of_day} as counted from daily"
    crossed = limits.week is not None and limits.month is not None
    return f"""
        with once as (select *, {of_day} as c0, {WEEK} as week, {MONTH} as month from daily),
        busy as (select contact, level from once group by contact, level having sum(c0) > {min(longer)}),
        tight as (select once.* from once semi join busy using (contact, level)),
        by_week as (select *, {_within(limits.week, "c0", "week")} as c1 from tight),
        by_month as (select *, {_within(limits.month, "c1", "month")} as c2 from by_week),
        by_all as (select *, {_within(limits.ever, "c2", "level")} as c3 from by_month)
        {_crossing(limits.week or 0, limits.month or 0, limits.ever or UNLIMITED) if crossed else ""}
        select contact, level, day, matched, measured, c0 as counted from once anti join busy using (contact, level)
        union all
        select contact, level, day, matched, measured, c3 as counted from by_all
        {"anti join torn using (contact, level) union all select * from mended" if crossed else ""}
    """


def _within(limit: int | None, counted: str, period: str) -> str:
    """What is left of `counted` when the earliest of a period count."""
    if limit is None:
        return counted
    run = f"sum({counted}) over (partition by contact, level, {period} order by day)"
    return f"({_least(run, limit)} - {_least(f'({run} - {counted})', limit)})::bigint"


def _crossing(week: int, month: int, ever: int) -> str:
    """Keys with a week that spans two months, the first of them full: what the month refused leaves the week its room.

    Only there do week and month depend on each other, so these keys are walked stretch by stretch (the days that share
    both week and month), as `scoring.limits.Meter` does.
    """
    return f""",
        torn as (
            select distinct contact, level
            from (
                select contact, level, c1 > c2 as refused, month <> max(month) over (partition by contact, level, week) as first
                from by_month)
            where refused and first),
        stretches as (
            select contact, level, week, month, sum(c0)::bigint as wanted,
                row_number() over (partition by contact, level order by week, month) as place
            from tight semi join torn using (contact, level)
            group by contact, level, week, month),
        walked as (
            with recursive walk as (
                select contact, level, week, month, place, least(wanted, {week}, {month}, {ever})::bigint as taken,
                    taken as in_week, taken as in_month, taken as in_all
                from stretches where place = 1
                union all
                select next.contact, next.level, next.week, next.month, next.place,
                    least(
                        next.wanted,
                        {week} - case when next.week = walk.week then in_week else 0 end,
                        {month} - case when next.month = walk.month then in_month else 0 end,
                        {ever} - in_all)::bigint as fresh,
                    fresh + case when next.week = walk.week then in_week else 0 end,
                    fresh + case when next.month = walk.month then in_month else 0 end,
                    fresh + in_all
                from walk join stretches next
                    on next.contact = walk.contact and next.level = walk.level and next.place = walk.place + 1)
            select contact, level, week, month, taken from walk),
        mended as (
            select contact, level, day, matched, measured, (least(run, taken) - least(run - c0, taken))::bigint as counted
            from (
                select *, sum(c0) over (partition by contact, level, week, month order by day) as run
                from tight join walked using (contact, level, week, month)))
    """


def _least(expression: str, limit: int) -> str:
    return f"(case when {expression} > {limit} then {limit} else {expression} end)"
