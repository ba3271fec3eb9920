"""Definitions: everything that is configured, as versioned documents."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Header, Query, Response
from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from leadlight import definitions
from leadlight.api.auth import Writer, needs
from leadlight.api.context import TheApp
from leadlight.api.jobs import JobOut, shown_job
from leadlight.definitions import ABSENT, Change, Definition, Publication, Revision, State, Version
from leadlight.kit.days import from_us
from leadlight.kit.db import Connection
from leadlight.kit.jobs import job_state

router = APIRouter(prefix="/api/definitions", tags=["definitions"])

LIVE = [State.DRAFT, State.PUBLISHED]
ANY_ETAG = "*"

Line = Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00-\x1f]*$")]
IfMatch = Annotated[str | None, Header(description="ETag of the version the change is based on; another one: 412.")]
IfNoneMatch = Annotated[Literal["*"] | None, Header(description="`*`: only when there is no such definition yet.")]


class KindOut(BaseModel):
    """A kind of definition."""

    kind: str


class KindList(BaseModel):
    """All kinds; there is never a next page."""

    items: list[KindOut]
    next: None = None


class DefinitionOut(BaseModel):
    """One version of a definition."""

    kind: str
    key: str
    version: int
    state: State
    document: dict[str, JsonValue]
    comment: str
    author: str
    created_at: datetime
    published_at: datetime | None
    etag: str


class DefinitionList(BaseModel):
    """By key; `next` is the cursor of the next page."""

    items: list[DefinitionOut]
    next: str | None


class PublicationOut(BaseModel):
    """`published`, or `publishing` while `job` does what the publication needs."""

    state: Literal["published", "publishing"]
    version: int
    job: JobOut | None = None


class ChangeOut(BaseModel):
    """One difference to the version before; `old` is null when something was added, `new` when it was removed."""

    path: str
    what: Literal["added", "removed", "changed"]
    old: JsonValue = None
    new: JsonValue = None


class VersionOut(BaseModel):
    """A version in the history of a definition."""

    version: int
    state: State
    comment: str
    author: str
    created_at: datetime
    published_at: datetime | None
    changes: list[ChangeOut]


class VersionList(BaseModel):
    """Newest first; `next` is the cursor of the next page."""

    items: list[VersionOut]
    next: str | None


class PublicationWish(BaseModel):
    """How to publish. `announce`: whoever enters the sales-ready band by this version of a score model is handed over."""

    model_config = ConfigDict(extra="forbid")

    announce: bool = False


class Rollback(BaseModel):
    """Which version to publish again."""

    version: Annotated[int, Field(ge=1, lt=2**31)]


@router.get("", dependencies=[needs("read")])
async def list_kinds(app: TheApp) -> KindList:
    """The kinds of definitions there are."""
    return KindList(items=[KindOut(kind=name) for name in app.definitions.names])


@router.get("/{kind}", dependencies=[needs("read")])
async def list_definitions(
    kind: str,
    app: TheApp,
    state: Annotated[State | None, Query(description="Default: drafts and published ones, not archived ones.")] = None,
    cursor: Annotated[str, Query(max_length=63)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> DefinitionList:
    """The newest version of each definition of a kind: its draft, else what is published."""
    app.definitions.kind(kind)
    async with app.db.connection() as conn:
        found = await definitions.listed(conn, kind, cursor, [state] if state else LIVE, limit + 1)
    items = [_shown(item) for item in found[:limit]]
    return DefinitionList(items=items, next=items[-1].key if len(found) > limit else None)


@router.get("/{kind}/{key}", dependencies=[needs("read")])
async def read_definition(
    kind: str,
    key: str,
    app: TheApp,
    response: Response,
    version: Annotated[int | None, Query(ge=1, lt=2**31)] = None,
) -> DefinitionOut:
    """The draft, else what is published; or a certain version."""
    app.definitions.kind(kind)
    async with app.db.connection() as conn:
        return _tagged(await definitions.read(conn, kind, key, version), response)


@router.put("/{kind}/{key}")
async def put_definition(
    kind: str,
    key: str,
    *,
    document: Annotated[dict[str, JsonValue], Body(description="The document itself.")],
    app: TheApp,
    caller: Writer,
    response: Response,
    comment: Annotated[Line, Query(description="Why, for the history.")] = "",
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> DefinitionOut:
    """Make the document the draft. The same document again, or the published one, changes nothing."""
    expected = "" if if_none_match else etag_of(if_match)
    revision = Revision(kind, key, document, caller.name, comment, expected)
    async with app.db.transaction() as conn:
        now_us = await app.clock.now_us(conn)
        return _tagged(await definitions.put(conn, app.definitions, revision, now_us), response)


@router.delete("/{kind}/{key}", dependencies=[needs("write")])
async def archive_definition(
    kind: str,
    key: str,
    *,
    app: TheApp,
    response: Response,
    draft: Annotated[bool, Query(description="Only discard the draft.")] = False,
    if_match: IfMatch = None,
) -> DefinitionOut:
    """Take a definition out of use; its versions stay, and a rollback brings it back."""
    app.definitions.kind(kind)
    async with app.db.transaction() as conn:
        if draft:
            return _tagged(await definitions.discard_draft(conn, kind, key, etag_of(if_match)), response)
        return _tagged(await definitions.archive(conn, app.definitions, kind, key, etag_of(if_match)), response)


@router.post("/{kind}/{key}/publish", responses={202: {"model": PublicationOut}}, dependencies=[needs("write")])
async def publish_definition(
    *,
    kind: str,
    key: str,
    app: TheApp,
    response: Response,
    wish: PublicationWish | None = None,
    if_match: IfMatch = None,
) -> PublicationOut:
    """Publish the draft: at once, or by a job (202) when everyone has to be recomputed."""
    app.definitions.kind(kind)
    async with app.db.transaction() as conn:
        now_us = await app.clock.now_us(conn)
        announce = wish is not None and wish.announce
        done = await definitions.publish(conn, app.definitions, kind, key, now_us, etag_of(if_match), announce=announce)
        return await _published(conn, done, response)


@router.post("/{kind}/{key}/rollback", responses={202: {"model": PublicationOut}}, dependencies=[needs("write")])
async def rollback_definition(kind: str, key: str, wanted: Rollback, app: TheApp, response: Response) -> PublicationOut:
    """Publish an earlier version again, as it was; a draft stays."""
    app.definitions.kind(kind)
    async with app.db.transaction() as conn:
        now_us = await app.clock.now_us(conn)
        done = await definitions.rollback(conn, app.definitions, kind, key, wanted.version, now_us)
        return await _published(conn, done, response)


@router.get("/{kind}/{key}/versions", dependencies=[needs("read")])
async def list_versions(
    kind: str,
    key: str,
    app: TheApp,
    cursor: Annotated[int | None, Query(ge=1, lt=2**31)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> VersionList:
    """The history of a definition, archived ones too: who, when, why, and what changed."""
    app.definitions.kind(kind)
    async with app.db.connection() as conn:
        found = await definitions.history(conn, kind, key, cursor, limit + 1)
    items = [_shown_version(item) for item in found[:limit]]
    return VersionList(items=items, next=str(items[-1].version) if len(found) > limit else None)


def etag_of(header: str | None) -> str | None:
    """The tag in an If-Match header; None for no header and for `*`."""
    if header is None or header.strip() == ANY_ETAG:
        return None
    return header.strip().removeprefix("W/").strip('"')


async def _published(conn: Connection, done: Publication, response: Response) -> PublicationOut:
    if done.job is None:
        response.headers["ETag"] = f'"{done.definition.etag}"'
        return PublicationOut(state="published", version=done.definition.version)
    response.status_code = 202
    response.headers["Location"] = f"/api/jobs/{done.job}"
    job = shown_job(await job_state(conn, done.job))
    return PublicationOut(state="publishing", version=done.definition.version, job=job)


def _tagged(item: Definition, response: Response) -> DefinitionOut:
    response.headers["ETag"] = f'"{item.etag}"'
    return _shown(item)


def _shown(item: Definition) -> DefinitionOut:
    return DefinitionOut(document=item.body, etag=item.etag, **_about(item))


def _shown_version(version: Version) -> VersionOut:
    about = _about(version.definition)
    changes = [_change(change) for change in version.changes]
    return VersionOut(changes=changes, **{name: about[name] for name in VersionOut.model_fields if name in about})


def _about(item: Definition) -> dict[str, Any]:
    published_at = None if item.published_at_us is None else from_us(item.published_at_us)
    return {
        "kind": item.kind,
        "key": item.key,
        "version": item.version,
        "state": item.state,
        "comment": item.comment,
        "author": item.author,
        "created_at": from_us(item.created_at_us),
        "published_at": published_at,
    }


def _change(change: Change) -> ChangeOut:
    if change.old is ABSENT:
        return ChangeOut(path=change.path, what="added", new=change.new)
    if change.new is ABSENT:
        return ChangeOut(path=change.path, what="removed", old=change.old)
    return ChangeOut(path=change.path, what="changed", old=change.old, new=change.new)
