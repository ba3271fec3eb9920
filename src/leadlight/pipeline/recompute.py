"""All of history as the batch engine needs it: events of contacts, each with the stage at the time."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from leadlight import events, people
from leadlight.pipeline.engine import Engine

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

STAGES = """
    create or replace table stages as
    select contact_id, at_us, max(stage) as stage
    from (
        select contact_id, (change ->> '$[0]')::bigint as at_us, change ->> '$[1]' as stage
        from (select contact_id, unnest(json_extract(stages, '$[*]')) as change from staged))
    group by contact_id, at_us
"""
EVENTS = """
    create or replace temp view events as
    select happened.*, subjects.contact_id, '' as stage
    from memory.main.events as happened join subjects using (subject_id)
"""
EVENTS_IN_STAGES = """
    create or replace temp view events as
    select happened.*, subjects.contact_id, coalesce(stages.stage, '') as stage
    from memory.main.events as happened join subjects using (subject_id)
    asof left join stages on stages.contact_id = subjects.contact_id and happened.at_us >= stages.at_us
"""


@contextmanager
def open_everything(engine: Engine, before_xid: int | None = None) -> Iterator["DuckDBPyConnection"]:
    """DuckDB with the relations `scoring.batch` works on; blocks, so call it in a thread.

    Events are those of transactions before `before_xid` when given; people are as they are now.
    """
    with events.open_history(engine.db.url, engine.history, before_xid) as history:
        history.load("subjects", people.relations.SUBJECTS)
        history.load("contacts", people.relations.CONTACTS)
        history.load("staged", people.relations.STAGES)
        duck = history.connection
        duck.execute(STAGES)
        [(has_stages,)] = duck.execute("select count(*) > 0 from stages").fetchall()
        duck.execute(EVENTS_IN_STAGES if has_stages else EVENTS)
        yield duck
