"""Contacts: finding, reading and changing people."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from leadlight import people, pipeline
from leadlight.api.auth import Reader, Writer
from leadlight.api.contact_models import (
    Contact,
    ContactChanges,
    ContactList,
    CreatedContact,
    MergeWish,
    NewContact,
    TagChanges,
    UnmergeWish,
    show_contact,
    show_item,
)
from leadlight.api.context import TheApp
from leadlight.api.cursors import NamePlace, ScorePlace, SeenPlace, read_cursor, write_cursor
from leadlight.app import App
from leadlight.kit.errors import InvalidDocument, Problem
from leadlight.pipeline import By, Filter, Order

router = APIRouter(prefix="/api/contacts", tags=["contacts"])

SORT = r"^-?(score\.[A-Za-z0-9._-]{1,63}|last_seen|name)$"
_PLACES = {By.SCORE: ScorePlace, By.LAST_SEEN: SeenPlace, By.NAME: NamePlace}


class ContactQuery(BaseModel):
    """Filters (all must hold), order and page of a list of contacts.

    `q` is the beginning of words of name, e-mail or company. `band` is that of the model sorted by, else of `default`.
    Sorted by a score, contacts without one are left out.
    """

    model_config = ConfigDict(extra="forbid")

    email: str | None = Field(None, max_length=320)
    user_id: str | None = Field(None, max_length=255)
    anonymous_id: str | None = Field(None, max_length=255)
    q: str | None = Field(None, max_length=200)
    tag: list[Annotated[str, Field(max_length=100)]] = Field([], max_length=20)
    stage: str | None = Field(None, max_length=100)
    band: str | None = Field(None, max_length=100)
    known: bool | None = None
    account_id: UUID | None = None
    sort: str = Field("-last_seen", pattern=SORT)
    limit: int = Field(50, ge=1, le=200)
    cursor: str | None = Field(None, max_length=1000)


@router.get("")
async def list_contacts(app: TheApp, caller: Reader, query: Annotated[ContactQuery, Query()]) -> ContactList:
    """Contacts by identifier, words, tags, stage, band or account, sorted by score, activity or name."""
    return await page_of_contacts(app, query)


async def page_of_contacts(app: App, query: ContactQuery) -> ContactList:
    """The page of contacts a query asks for."""
    email = people.normalise_email(query.email)
    if query.email is not None and email is None:
        return ContactList(items=[], next=None)
    wanted = Filter(
        email=email,
        user_id=query.user_id,
        anonymous_id=query.anonymous_id,
        words=query.q or None,
        tags=query.tag,
        stage=query.stage,
        band=query.band,
        is_known=query.known,
        account_id=query.account_id,
    )
    order = _order(query.sort)
    after = read_cursor(query.cursor, _PLACES[order.by])
    async with app.db.transaction() as conn:
        found = await pipeline.list_contacts(conn, app.engine.generations, wanted, order, after, query.limit + 1)
    page = found[: query.limit]
    following = write_cursor(page[-1].place) if len(found) > query.limit else None
    return ContactList(items=[show_item(listed) for listed in page], next=following)


def _order(sort: str) -> Order:
    is_descending, name = sort.startswith("-"), sort.removeprefix("-")
    by, _, model = name.partition(".")
    return Order(By(by), is_descending, model) if model else Order(By(by), is_descending)


@router.post("", status_code=201, responses={200: {"model": CreatedContact}})
async def create_contact(app: TheApp, caller: Writer, new: NewContact, response: Response) -> CreatedContact:
    """Make a contact known by e-mail or user id, or apply fields, tags and stage to the one that is (answered with 200)."""
    if new.email is not None and people.normalise_email(new.email) is None:
        raise InvalidDocument([Problem("email", repr(new.email[:80]), "an e-mail address")])
    create = people.CreateContact(source=caller.name, email=new.email, user_id=new.user_id, fields=new.fields)
    (made,) = await app.engine.change([create])
    changes = _commands(
        made.contact_id, ContactChanges(tags=TagChanges(add=new.tags, remove=[]), stage=new.stage), caller.name
    )
    if changes:
        await app.engine.change(changes)
    response.status_code = 201 if made.created else 200
    return CreatedContact(created=made.created, contact=await _read(app, made.contact_id))


@router.get("/{contact_id}")
async def read_contact(contact_id: UUID, app: TheApp, caller: Reader) -> Contact:
    """One contact. The id of one that was merged away answers with the contact it is shown as now."""
    return await _read(app, contact_id)


@router.patch("/{contact_id}")
async def change_contact(contact_id: UUID, app: TheApp, caller: Writer, changes: ContactChanges) -> Contact:
    """Set fields, put tags on or take them off, move to a stage: all or nothing, and the scores follow at once."""
    commands = _commands(contact_id, changes, caller.name)
    if commands:
        await app.engine.change(commands)
    return await _read(app, contact_id)


@router.post("/{contact_id}/merge")
async def merge_contacts(contact_id: UUID, app: TheApp, caller: Writer, wish: MergeWish) -> Contact:
    """Show everything of another contact under this one; `unmerge` takes it apart again exactly."""
    merge = people.Merge(source=caller.name, contact_id=contact_id, other=wish.contact_id, reason=caller.name)
    await app.engine.change([merge])
    return await _read(app, contact_id)


@router.post("/{contact_id}/unmerge")
async def unmerge_contacts(contact_id: UUID, app: TheApp, caller: Writer, wish: UnmergeWish) -> Contact:
    """Undo a merge: everything is where it would be had it never been made. Answers with the contact of the path."""
    async with app.db.transaction(isolation="repeatable_read", readonly=True) as conn:
        person = await people.read_person(conn, contact_id)
        merge = await people.find_merge(conn, wish.merge_id) if wish.merge_id else None
    merged = merge.from_contact if merge else wish.contact_id
    if merged is None or merged not in person.merged_ids:
        raise people.UnknownMerge(f"contact {merged} is not merged into {person.contact.id}")
    by_hand = merge.by_hand if merge else None
    await app.engine.change([people.Unmerge(source=caller.name, merged=merged, by_hand=by_hand)])
    return await _read(app, person.contact.id)


async def _read(app: App, contact_id: UUID) -> Contact:
    async with app.db.transaction(isolation="repeatable_read", readonly=True) as conn:
        return show_contact(await people.read_person(conn, contact_id))


def _commands(contact_id: UUID, changes: ContactChanges, source: str) -> Sequence[people.Command]:
    commands: list[people.Command] = []
    if changes.fields:
        commands.append(people.SetFields(source=source, contact_id=contact_id, fields=dict(changes.fields)))
    commands += [people.AddTag(source=source, contact_id=contact_id, tag=tag) for tag in changes.tags.add]
    commands += [people.RemoveTag(source=source, contact_id=contact_id, tag=tag) for tag in changes.tags.remove]
    if changes.stage is not None:
        commands.append(people.SetStage(source=source, contact_id=contact_id, stage=changes.stage))
    return commands
