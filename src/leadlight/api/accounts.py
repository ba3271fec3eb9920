"""Accounts: the companies contacts belong to."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from leadlight import people, pipeline
from leadlight.api.auth import Reader, Writer
from leadlight.api.contact_models import ContactList, Fields, FieldValue, show_value
from leadlight.api.contacts import ContactQuery, page_of_contacts
from leadlight.api.context import TheApp
from leadlight.api.cursors import TitlePlace, read_cursor, write_cursor
from leadlight.app import App
from leadlight.kit.days import from_us

router = APIRouter(prefix="/api/accounts", tags=["accounts"])


class AccountItem(BaseModel):
    """An account in a list."""

    id: UUID
    name: str | None
    domain: str | None
    created_at: datetime


class AccountList(BaseModel):
    """A page of accounts by name; `next` is the cursor of the page after."""

    items: list[AccountItem]
    next: str | None


class AccountIdentifier(BaseModel):
    """What an account is recognised by."""

    kind: Literal["group_id", "domain"]
    value: str


class Account(AccountItem):
    """A company: its fields with source and time, and how many contacts it has."""

    profile: dict[str, FieldValue]
    identifiers: list[AccountIdentifier]
    contacts: int


class AccountChanges(BaseModel):
    """Fields to set; null clears one."""

    model_config = ConfigDict(extra="forbid")

    fields: Fields


@router.get("")
async def list_accounts(
    app: TheApp,
    caller: Reader,
    q: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=1000)] = None,
) -> AccountList:
    """Accounts by name; `q` is how the name or the domain begins."""
    after = read_cursor(cursor, TitlePlace)
    async with app.db.connection() as conn:
        found = await people.list_accounts(conn, q, after, limit + 1)
    page = found[:limit]
    following = write_cursor((page[-1][1], page[-1][0].id)) if len(found) > limit else None
    return AccountList(items=[_item(account) for account, _ in page], next=following)


@router.get("/{account_id}")
async def read_account(account_id: UUID, app: TheApp, caller: Reader) -> Account:
    """One account."""
    return await _read(app, account_id)


@router.patch("/{account_id}")
async def change_account(account_id: UUID, app: TheApp, caller: Writer, changes: AccountChanges) -> Account:
    """Set fields; the scores of its people follow."""
    await pipeline.change_account(app.engine, account_id, changes.fields, caller.name)
    return await _read(app, account_id)


@router.get("/{account_id}/contacts")
async def list_account_contacts(
    account_id: UUID, app: TheApp, caller: Reader, query: Annotated[ContactQuery, Query()]
) -> ContactList:
    """The people of an account; filters, order and pages as for all contacts."""
    await _read(app, account_id)
    return await page_of_contacts(app, query.model_copy(update={"account_id": account_id}))


async def _read(app: App, account_id: UUID) -> Account:
    async with app.db.transaction(isolation="repeatable_read", readonly=True) as conn:
        company = await people.read_company(conn, account_id)
    names = [{"kind": kind, "value": value} for kind, value in company.identifiers]
    return Account(
        **_item(company.account).model_dump(),
        profile={field: show_value(held) for field, held in people.shown_attributes(company.account).items()},
        identifiers=[AccountIdentifier.model_validate(name) for name in names],
        contacts=company.contacts,
    )


def _item(account: people.Account) -> AccountItem:
    return AccountItem(id=account.id, name=account.name, domain=account.domain, created_at=from_us(account.created_us))
