"""Write what a batch has changed about people, each table in one statement."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

import asyncpg

from leadlight.kit.days import DAY_US, from_us
from leadlight.kit.db import Connection
from leadlight.people.codec import encode
from leadlight.people.directory import Directory
from leadlight.people.errors import IdentityRace
from leadlight.people.model import Account, AttributeChange, Contact, Identifier, Merge, Subject
from leadlight.people.search import words_of
from leadlight.people.state import Undone
from leadlight.people.view import display_name

CONTACTS = """
    insert into contacts (id, account_id, known, merged_into, rule_parent, hand_parent, apart_from, email, name, title,
                          search, profile, tags, stage, created_at, last_event_at, last_event_day)
    select id, account_id, known, merged_into, rule_parent, hand_parent, apart_from::uuid[], email, name, title,
           array_to_tsvector(words::text[]), profile, tags::text[], stage, created_at, created_at, created_day
    from unnest($1::uuid[], $2::uuid[], $3::boolean[], $4::uuid[], $5::uuid[], $6::uuid[], $7::text[], $8::text[],
                $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::timestamptz[],
                $16::integer[])
         as new (id, account_id, known, merged_into, rule_parent, hand_parent, apart_from, email, name, title, words,
                 profile, tags, stage, created_at, created_day)
    on conflict (id) do update set
        account_id = excluded.account_id, known = excluded.known, merged_into = excluded.merged_into,
        rule_parent = excluded.rule_parent, hand_parent = excluded.hand_parent, apart_from = excluded.apart_from,
        email = excluded.email, name = excluded.name, title = excluded.title, search = excluded.search,
        profile = excluded.profile, tags = excluded.tags, stage = excluded.stage
"""
SEEN = """
    update contacts set last_event_at = at, last_event_day = day
    from unnest($1::uuid[], $2::timestamptz[], $3::integer[]) as seen (id, at, day)
    where contacts.id = seen.id and contacts.last_event_at < seen.at
"""
SUBJECTS = """
    insert into subjects (id, contact_id, home_contact_id, kind, attributes, tags, stages)
    select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[])
    on conflict (id) do update set
        contact_id = excluded.contact_id, attributes = excluded.attributes, tags = excluded.tags,
        stages = excluded.stages
"""
IDENTIFIERS = (
    "insert into identifiers (kind, value, subject_id) select * from unnest($1::text[], $2::text[], $3::uuid[])"
)
REBOUND = """
    update identifiers set subject_id = moved.subject_id
    from unnest($1::text[], $2::text[], $3::uuid[]) as moved (kind, value, subject_id)
    where identifiers.kind = moved.kind and identifiers.value = moved.value
"""
ACCOUNTS = """
    insert into accounts (id, name, domain, title, attributes, profile, created_at)
    select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[])
    on conflict (id) do update set
        name = excluded.name, domain = excluded.domain, title = excluded.title, attributes = excluded.attributes,
        profile = excluded.profile
"""
ACCOUNT_IDENTIFIERS = """
    insert into account_identifiers (kind, value, account_id) select * from unnest($1::text[], $2::text[], $3::uuid[])
"""
UNDONE = """
    update merges set undone_at = $4
    where from_contact = $1 and into_contact = $2 and by_hand = $3 and undone_at is null
"""


async def store_directory(conn: Connection, directory: Directory) -> None:
    """Write everything changed; raises IdentityRace when another transaction met the same new people first."""
    dirty = directory.dirty
    try:
        await _store_accounts(conn, [directory.accounts[each] for each in sorted(dirty.accounts)])
        await _store_names(conn, ACCOUNT_IDENTIFIERS, dirty.account_bound)
        await _store_contacts(conn, [directory.contacts[each] for each in sorted(dirty.contacts)])
        await _store_seen(conn, [directory.contacts[each] for each in sorted(dirty.seen)])
        await _store_subjects(conn, [directory.subjects[each] for each in sorted(dirty.subjects)])
        await _store_names(conn, IDENTIFIERS, dirty.bound)
        await _store_names(conn, REBOUND, dirty.rebound)
        await _append_history(conn, dirty.history)
        await _store_merges(conn, dirty.merges, dirty.undone)
    except (asyncpg.UniqueViolationError, asyncpg.DeadlockDetectedError) as error:
        raise IdentityRace(str(error)) from error


async def _store_seen(conn: Connection, contacts: list[Contact]) -> None:
    rows = ((each.id, from_us(each.last_event_us), each.last_event_us // DAY_US) for each in contacts)
    await _execute(conn, SEEN, rows)


async def _store_contacts(conn: Connection, contacts: list[Contact]) -> None:
    await _execute(conn, CONTACTS, map(_contact_row, contacts))


def _contact_row(contact: Contact) -> tuple[Any, ...]:
    name = display_name(contact.profile)
    title = name or contact.email
    words = words_of(name, contact.email, contact.profile.get("company"))
    return (
        contact.id,
        contact.account_id,
        contact.is_known,
        contact.merged_into,
        contact.rule_parent,
        contact.hand_parent,
        _array(map(str, sorted(contact.apart_from))),
        contact.email,
        name,
        title.casefold() if title else None,
        _array(words) if words else None,
        encode(contact.profile),
        _array(sorted(contact.tags)),
        contact.stage,
        from_us(contact.created_us),
        contact.created_us // DAY_US,
    )


async def _store_subjects(conn: Connection, subjects: list[Subject]) -> None:
    rows = (
        (
            subject.id,
            subject.contact_id,
            subject.home_contact_id,
            subject.kind.value,
            encode(subject.attributes),
            encode(subject.tags),
            encode(subject.stages),
        )
        for subject in subjects
    )
    await _execute(conn, SUBJECTS, rows)


async def _store_names(conn: Connection, statement: str, names: Mapping[Identifier, UUID]) -> None:
    """In order of their names, so that two transactions wait for each other instead of locking each other out."""
    await _execute(conn, statement, ((kind, value, owner) for (kind, value), owner in sorted(names.items())))


async def _store_accounts(conn: Connection, accounts: list[Account]) -> None:
    rows = (
        (
            account.id,
            account.name,
            account.domain,
            (account.name or account.domain or "").casefold() or None,
            encode(account.attributes),
            encode(account.profile),
            from_us(account.created_us),
        )
        for account in accounts
    )
    await _execute(conn, ACCOUNTS, rows)


async def _append_history(conn: Connection, history: Collection[AttributeChange]) -> None:
    if history:
        await conn.copy_records_to_table(
            "attribute_changes",
            records=[
                (each.subject_id, each.account_id, each.field, encode(each.value), each.source, from_us(each.at_us))
                for each in history
            ],
            columns=("subject_id", "account_id", "field", "value", "source", "at"),
        )


async def _store_merges(conn: Connection, merges: list[Merge], undone: list[Undone]) -> None:
    if merges:
        await conn.copy_records_to_table(
            "merges",
            records=[_merge_row(each) for each in merges],
            columns=("id", "into_contact", "from_contact", "subjects", "reason", "by_hand", "at", "undone_at"),
        )
    for from_contact, into_contact, by_hand, at_us in undone:
        await conn.execute(UNDONE, from_contact, into_contact, by_hand, from_us(at_us))


def _merge_row(merge: Merge) -> tuple[Any, ...]:
    undone_at = None if merge.undone_at_us is None else from_us(merge.undone_at_us)
    ends = (merge.into_contact, merge.from_contact)
    return (merge.id, *ends, list(merge.subjects), merge.reason, merge.by_hand, from_us(merge.at_us), undone_at)


async def _execute(conn: Connection, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """Run a statement whose arguments are the columns of `rows`."""
    columns = list(zip(*rows, strict=True))
    if columns:
        await conn.execute(statement, *columns)


def _array(items: Iterable[str]) -> str:
    """An array in PostgreSQL's text form, for a column of arrays."""
    quoted = ('"' + item.replace("\\", "\\\\").replace('"', '\\"') + '"' for item in items)
    return "{" + ",".join(quoted) + "}"
