"""Small numbers for long names: subjects, contacts and stages are counted by integers while everyone is scored."""

from duckdb import DuckDBPyConnection

from leadlight.scoring.batch.literals import quoted
from leadlight.scoring.compiled import Behaviour, CompiledModel
from leadlight.scoring.model import GLOBAL

WHOLE = 0
"""The level `global`; the levels of stages have their stage's number, those of tags come from FIRST_TAG on."""
FIRST_TAG = 1_000_000


def number_subjects(connection: DuckDBPyConnection) -> list[str]:
    """Fill `numbered_subjects(subject, contact, subject_id)`, `numbered_contacts(contact, contact_id)` and
    `numbered_stages(stage, name)` in one pass over the events.

    Returns the names of the stages; the number of one is its place, "" is 0.
    """
    connection.execute("""
        create or replace table homes as
        select subject_id, stage, any_value(contact_id) as contact_id from events group by subject_id, stage
    """)
    connection.execute("""
        create or replace table numbered_contacts as
        select row_number() over ()::integer as contact, contact_id from (select distinct contact_id from homes)
    """)
    connection.execute("""
        create or replace table numbered_subjects as
        select row_number() over ()::integer as subject, contact, subject_id
        from (select distinct subject_id, contact_id from homes) join numbered_contacts using (contact_id)
    """)
    found = connection.execute("select distinct stage from homes where stage <> '' order by stage").fetchall()
    connection.execute("drop table homes")
    names = ["", *(stage for (stage,) in found)]
    connection.execute("create or replace table numbered_stages (stage integer, name varchar)")
    connection.executemany("insert into numbered_stages values (?, ?)", list(enumerate(names)))
    return names


def number_others(connection: DuckDBPyConnection) -> None:
    """Give a number to contacts of whom there are no events."""
    connection.execute("""
        insert into numbered_contacts
        select ((select count(*) from numbered_contacts) + row_number() over ())::integer, contact_id
        from contacts anti join numbered_contacts using (contact_id)
    """)


def name_levels(connection: DuckDBPyConnection, compiled: CompiledModel) -> dict[str, int]:
    """Fill `levels(level, name)`; returns the numbers of the levels of tags."""
    connection.execute(f"""
        create or replace table levels as
        select {WHOLE} as level, '{GLOBAL}' as name
        union all select stage, 'stage:' || name from numbered_stages where stage <> {WHOLE}
    """)
    named = dict.fromkeys(level for rule in compiled.rules if isinstance(rule, Behaviour) for level in rule.tag_levels)
    tags = {level: FIRST_TAG + place for place, level in enumerate(named)}
    for level, number in tags.items():
        connection.execute("insert into levels values (?, ?)", [number, level])
    return tags


def stage_sql(names: list[str]) -> str:
    """The number of an event's stage."""
    branches = " ".join(f"when {quoted(name)} then {number}" for number, name in enumerate(names) if name)
    return f"(case stage {branches} else 0 end)::integer" if branches else "0"
