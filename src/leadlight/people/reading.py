"""People and companies as pages show them; nothing is locked. Call inside a REPEATABLE READ transaction."""

from typing import Any
from uuid import UUID

import msgspec

from leadlight.kit.days import to_us
from leadlight.kit.db import Connection
from leadlight.people.errors import UnknownAccount, UnknownContact, UnknownMerge
from leadlight.people.load import ACCOUNTS, account_of, find_shown, read_directory
from leadlight.people.model import MARK, Account, Attribute, Contact, Identifier, Merge, Subject
from leadlight.people.view import newest, problems_of

MERGES = """
    select id, into_contact, from_contact, subjects, reason, by_hand, at, undone_at from merges
    where into_contact = any($1::uuid[]) or from_contact = any($1::uuid[]) order by at, id
"""
MERGE = """
    select id, into_contact, from_contact, subjects, reason, by_hand, at, undone_at from merges where id = $1
"""
ACCOUNT_NAMES = "select kind, value from account_identifiers where account_id = $1 order by kind, value"
COUNT_COLLEAGUES = "select count(*) from contacts where account_id = $1 and merged_into is null"
LIST_ACCOUNTS = """
    select id, name, domain, attributes, profile, created_at, title from accounts
    where title is not null and ($1::text is null or (title, id) > ($1, $2::uuid))
        and ($3::text is null or starts_with(title, $3) or starts_with(domain, $3))
    order by title, id limit $4
"""


class Person(msgspec.Struct, frozen=True):
    """A contact with everything that is known about it. `attributes` are the newest of each field, cleared ones left out.

    `identifiers` are by subject; `merges` oldest first, undone ones too; `merged_ids` are contacts shown as this one.
    """

    contact: Contact
    attributes: dict[str, Attribute]
    problems: dict[str, Attribute]
    subjects: list[Subject]
    identifiers: dict[UUID, list[Identifier]]
    account: Account | None
    merged_ids: list[UUID]
    merges: list[Merge]


class Company(msgspec.Struct, frozen=True):
    """An account with its identifiers and the number of its contacts."""

    account: Account
    identifiers: list[Identifier]
    contacts: int


async def read_person(conn: Connection, contact_id: UUID) -> Person:
    """The contact shown for an id (the survivor when it was merged away). Raises UnknownContact."""
    directory = await read_directory(conn, [contact_id])
    contact = directory.contact(contact_id)
    subjects = directory.subjects_of(contact.id)
    merges = await conn.fetch(MERGES, list(directory.contacts))
    return Person(
        contact=contact,
        attributes=_shown(newest(subject.attributes for subject in subjects), contact.profile),
        problems=problems_of(subjects),
        subjects=subjects,
        identifiers={subject.id: sorted(directory.names.get(subject.id, ())) for subject in subjects},
        account=directory.account(contact.account_id) if contact.account_id else None,
        merged_ids=sorted(directory.contacts.keys() - {contact.id}),
        merges=[_merge(row) for row in merges],
    )


async def subject_ids_of(conn: Connection, contact_id: UUID) -> list[UUID]:
    """The subjects of the contact shown for an id. Raises UnknownContact."""
    shown = await find_shown(conn, [contact_id])
    if not shown:
        raise UnknownContact(f"found no contact {contact_id}")
    return [row[0] for row in await conn.fetch("select id from subjects where contact_id = any($1::uuid[])", shown)]


async def find_merge(conn: Connection, merge_id: UUID) -> Merge:
    """A merge that has not been undone. Raises UnknownMerge."""
    row = await conn.fetchrow(MERGE, merge_id)
    if row is None or row["undone_at"] is not None:
        raise UnknownMerge(f"found no merge {merge_id} that is still in force")
    return _merge(row)


async def read_company(conn: Connection, account_id: UUID) -> Company:
    """Raises UnknownAccount."""
    row = await conn.fetchrow(ACCOUNTS, [account_id])
    if row is None:
        raise UnknownAccount(f"found no account {account_id}")
    names = [(name["kind"], name["value"]) for name in await conn.fetch(ACCOUNT_NAMES, account_id)]
    return Company(account_of(row), names, await conn.fetchval(COUNT_COLLEAGUES, account_id))


async def list_accounts(
    conn: Connection, begins: str | None, after: tuple[str, UUID] | None, limit: int
) -> list[tuple[Account, str]]:
    """Accounts with the title they are sorted by; `begins` is how name or domain begins, `after` the last one seen."""
    title, account_id = after or (None, None)
    prefix = begins.casefold() if begins else None
    rows = await conn.fetch(LIST_ACCOUNTS, title, account_id, prefix, limit)
    return [(account_of(row), row["title"]) for row in rows]


def shown_attributes(account: Account) -> dict[str, Attribute]:
    """The fields of an account with source and time, cleared ones left out."""
    return _shown(account.attributes, account.profile)


def _shown(attributes: dict[str, Attribute], profile: dict[str, Any]) -> dict[str, Attribute]:
    """Attributes people may see, with the value the profile shows (the strictest consent may be an older one)."""
    return {
        field: msgspec.structs.replace(held, value=profile[field])
        for field, held in sorted(attributes.items())
        if field in profile and not field.startswith(MARK)
    }


def _merge(row: Any) -> Merge:
    return Merge(
        id=row["id"],
        into_contact=row["into_contact"],
        from_contact=row["from_contact"],
        subjects=tuple(row["subjects"]),
        reason=row["reason"],
        by_hand=row["by_hand"],
        at_us=to_us(row["at"]),
        undone_at_us=None if row["undone_at"] is None else to_us(row["undone_at"]),
    )
