"""Load the people a batch speaks of: a handful of queries, whatever its size, and their contacts locked."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from leadlight.kit.days import from_us, to_us
from leadlight.kit.db import Connection
from leadlight.people.accounts import DOMAIN, GROUP_ID, website_of
from leadlight.people.codec import read_attributes, read_profile, read_stages
from leadlight.people.directory import Directory
from leadlight.people.emails import domain_of_email
from leadlight.people.errors import IdentityRace
from leadlight.people.fields import BUILT_IN, Fields
from leadlight.people.identity import ANONYMOUS_ID, EMAIL, USER_ID
from leadlight.people.model import (
    DOMAIN_ACCOUNT,
    GROUP_ACCOUNT,
    Account,
    Claim,
    Contact,
    Identifier,
    Subject,
    SubjectKind,
)

FIND = """
    select wanted.kind, wanted.value, subjects.contact_id
    from unnest($1::text[], $2::text[]) as wanted (kind, value)
    join identifiers using (kind, value)
    join subjects on subjects.id = identifiers.subject_id
"""
FIND_IDS = """
    select contact_id from subjects where id = any($1::uuid[])
    union
    select coalesce(merged_into, id) from contacts where id = any($2::uuid[])
"""
PEOPLE = """
    select id, account_id, known, merged_into, rule_parent, hand_parent, apart_from, email, profile, tags, stage,
           created_at, last_event_at
    from contacts where id = any($1::uuid[]) or merged_into = any($1::uuid[])
    order by id
"""
LOCK = f"{PEOPLE} for update"
LOCK_FREE = "select id from contacts where id = any($1::uuid[]) order by id for update skip locked limit $2"
SUBJECTS = """
    select id, contact_id, home_contact_id, kind, attributes, tags, stages
    from subjects where contact_id = any($1::uuid[]) order by id
"""
IDENTIFIERS = """
    select kind, value, subject_id from identifiers where subject_id = any($1::uuid[])
"""
ACCOUNT_IDENTIFIERS = """
    select kind, value, account_id
    from unnest($1::text[], $2::text[]) as wanted (kind, value) join account_identifiers using (kind, value)
"""
ACCOUNTS = "select id, name, domain, attributes, profile, created_at from accounts where id = any($1::uuid[])"
LOCK_ACCOUNTS = f"{ACCOUNTS} order by id for update"
CHANGED = """
    select contact_id from subjects where id = any($1::uuid[])
    union
    select contacts.id from contacts
    where account_id in (select account_id from attribute_changes where xid >= $2::text::xid8) and merged_into is null
    union
    select unnest(array[into_contact, from_contact]) from merges where at >= $3 or undone_at >= $3
"""
MOVED = """
    select id from subjects
    where id = any($1::uuid[]) and home_contact_id in (
        select unnest(array[into_contact, from_contact]) from merges where at >= $2 or undone_at >= $2
        union
        select contacts.id from contacts join merges on contacts.merged_into in (into_contact, from_contact)
        where merges.at >= $2 or undone_at >= $2)
"""
COLLEAGUES = "select id from contacts where account_id = any($1::uuid[]) and merged_into is null"


async def load_directory(
    conn: Connection,
    claims: Iterable[Claim] = (),
    contact_ids: Collection[UUID] = (),
    subject_ids: Collection[UUID] = (),
    account_ids: Collection[UUID] = (),
    fields: Fields = BUILT_IN,
) -> Directory:
    """Everybody these claims and ids mean, with all their subjects, contacts locked in id order until the transaction ends.

    `account_ids` are accounts that will be changed. Raises IdentityRace after a deadlock.
    """
    names = names_of(claims)
    try:
        directory = await _lock_people(conn, names.people, Wanted(set(contact_ids), set(subject_ids)), fields)
        await _hold_accounts(conn, directory, names, account_ids)
    except asyncpg.DeadlockDetectedError as error:
        raise IdentityRace from error
    return directory


async def read_directory(conn: Connection, contact_ids: Collection[UUID], fields: Fields = BUILT_IN) -> Directory:
    """The same people to look at, not to change: nothing is locked. Call inside a REPEATABLE READ transaction."""
    directory = Directory(fields)
    shown = await find_shown(conn, contact_ids)
    await _hold_people(conn, directory, await conn.fetch(PEOPLE, shown))
    await _hold_accounts(conn, directory, Names(), ())
    return directory


async def lock_free(conn: Connection, contact_ids: Sequence[UUID], limit: int) -> list[UUID]:
    """At most `limit` of these contacts that nobody else works on, locked until the transaction ends."""
    return [row["id"] for row in await conn.fetch(LOCK_FREE, list(contact_ids), limit)]


async def contacts_of_accounts(conn: Connection, account_ids: Collection[UUID]) -> list[UUID]:
    """The contacts of these accounts."""
    return [row["id"] for row in await conn.fetch(COLLEAGUES, list(account_ids))]


async def changed_since(conn: Connection, subject_ids: Collection[UUID], since_xid: int, since_us: int) -> set[UUID]:
    """Contacts of these subjects, those of accounts changed by transactions from `since_xid`, and those merged or not since."""
    rows = await conn.fetch(CHANGED, list(subject_ids), str(since_xid), from_us(since_us))
    return {row[0] for row in rows}


async def moved_since(conn: Connection, subject_ids: Collection[UUID], since_us: int) -> set[UUID]:
    """Those of these subjects that may be shown under another contact than at that time."""
    return {row["id"] for row in await conn.fetch(MOVED, list(subject_ids), from_us(since_us))}


async def is_empty(conn: Connection) -> bool:
    """Whether nobody is known or has been seen yet."""
    return not await conn.fetchval("select exists (select from contacts)")


class Names(msgspec.Struct):
    """Identifiers claims may ask for: of subjects, of accounts that may be changed, of accounts only belonged to."""

    people: set[Identifier] = set()
    groups: set[Identifier] = set()
    domains: set[Identifier] = set()


def names_of(claims: Iterable[Claim]) -> Names:
    """Every identifier these claims may ask for."""
    names = Names()
    for claim in claims:
        if claim.anonymous_id:
            names.people.add((ANONYMOUS_ID, claim.anonymous_id))
        if claim.user_id:
            names.people.add((USER_ID, claim.user_id))
        if claim.previous_id:
            names.people |= {(ANONYMOUS_ID, claim.previous_id), (USER_ID, claim.previous_id)}
        if claim.email:
            names.people.add((EMAIL, claim.email))
            if domain := domain_of_email(claim.email):
                names.domains.add((DOMAIN, domain))
        if claim.is_group:
            names.groups.add((GROUP_ID, str(claim.group_id)))
            if website := website_of(claim):
                names.groups.add((DOMAIN, website))
    return names


async def find_shown(conn: Connection, contact_ids: Collection[UUID], subject_ids: Collection[UUID] = ()) -> list[UUID]:
    """The contacts that show these contacts and subjects."""
    return [row[0] for row in await conn.fetch(FIND_IDS, list(subject_ids), list(contact_ids))]


class Wanted(msgspec.Struct):
    """Ids of contacts and subjects that must be in the directory."""

    contacts: set[UUID]
    subjects: set[UUID]


async def _lock_people(conn: Connection, names: set[Identifier], wanted: Wanted, fields: Fields) -> Directory:
    """Find, lock, load; again when somebody moved between finding and locking."""
    locked: set[UUID] = set()
    while True:
        found: set[Identifier] = set()
        if names:
            kinds, values = [kind for kind, _ in names], [value for _, value in names]
            for kind, value, contact_id in await conn.fetch(FIND, kinds, values):
                found.add((kind, value))
                locked.add(contact_id)
        if wanted.contacts or wanted.subjects:
            locked.update(await find_shown(conn, wanted.contacts, wanted.subjects))
        directory = Directory(fields)
        if not locked:
            return directory
        await _hold_people(conn, directory, await conn.fetch(LOCK, list(locked)))
        wanted.contacts |= _absent_parents(directory) | _absent_homes(directory)
        if found <= directory.identifiers.keys() and not await _are_missing(conn, directory, wanted):
            return directory


async def _are_missing(conn: Connection, directory: Directory, wanted: Wanted) -> bool:
    """Whether ids wanted are not held although they exist."""
    contacts = wanted.contacts - directory.contacts.keys()
    subjects = wanted.subjects - directory.subjects.keys()
    return bool((contacts or subjects) and await find_shown(conn, contacts, subjects))


def _absent_parents(directory: Directory) -> set[UUID]:
    """Contacts the rules joined one of these into, which is shown elsewhere because it was merged by hand."""
    parents = {contact.rule_parent for contact in directory.contacts.values() if contact.rule_parent is not None}
    return parents - directory.contacts.keys()


def _absent_homes(directory: Directory) -> set[UUID]:
    """Contacts that were made and merged into one of these while we waited for its lock."""
    return {subject.home_contact_id for subject in directory.subjects.values()} - directory.contacts.keys()


async def _hold_people(conn: Connection, directory: Directory, contacts: list[Any]) -> None:
    """Hold these contacts (rows of PEOPLE) with their subjects and identifiers."""
    for row in contacts:
        directory.hold_contact(_contact(row))
    for row in await conn.fetch(SUBJECTS, list(directory.members)):
        if row["contact_id"] in directory.members:
            directory.hold_subject(_subject(row))
    for kind, value, subject_id in await conn.fetch(IDENTIFIERS, list(directory.subjects)):
        directory.hold_identifier((kind, value), subject_id)
    for contact_id, members in directory.members.items():
        directory.contacts[contact_id].stages = tuple(sorted(one for subject in members for one in subject.stages))


async def _hold_accounts(conn: Connection, directory: Directory, names: Names, changing: Collection[UUID]) -> None:
    """Accounts of everybody held, and those named; locked are only those that claims may change."""
    wanted = names.groups | names.domains
    if wanted:
        kinds, values = [kind for kind, _ in wanted], [value for _, value in wanted]
        for kind, value, account_id in await conn.fetch(ACCOUNT_IDENTIFIERS, kinds, values):
            directory.account_identifiers[kind, value] = account_id
    held = directory.account_identifiers
    locked = {*changing, *(held[name] for name in names.groups if name in held)}
    await _hold_accounts_of(conn, directory, LOCK_ACCOUNTS, locked)
    others = {*held.values(), *_accounts_of(directory.subjects.values())} - directory.accounts.keys()
    await _hold_accounts_of(conn, directory, ACCOUNTS, others)


async def _hold_accounts_of(conn: Connection, directory: Directory, statement: str, account_ids: set[UUID]) -> None:
    if account_ids:
        for row in await conn.fetch(statement, list(account_ids)):
            directory.accounts[row["id"]] = account_of(row)


def _accounts_of(subjects: Iterable[Subject]) -> set[UUID]:
    return {
        UUID(held.value)
        for subject in subjects
        if subject.attributes
        for field in (GROUP_ACCOUNT, DOMAIN_ACCOUNT)
        if (held := subject.attributes.get(field)) is not None
    }


def _contact(row: Any) -> Contact:
    return Contact(
        id=row[0],
        account_id=row[1],
        is_known=row[2],
        merged_into=row[3],
        rule_parent=row[4],
        hand_parent=row[5],
        apart_from=frozenset(row[6]),
        email=row[7],
        profile=read_profile(row[8]),
        tags=frozenset(row[9]),
        stage=row[10],
        created_us=to_us(row[11]),
        last_event_us=to_us(row[12]),
    )


def _subject(row: Any) -> Subject:
    return Subject(
        row[0],
        row[1],
        row[2],
        SubjectKind(row[3]),
        read_attributes(row[4]),
        read_attributes(row[5]),
        read_stages(row[6]),
    )


def account_of(row: Any) -> Account:
    """The account of a row of ACCOUNTS."""
    return Account(
        row["id"],
        row["name"],
        row["domain"],
        read_attributes(row["attributes"]),
        read_profile(row["profile"]),
        to_us(row["created_at"]),
    )
