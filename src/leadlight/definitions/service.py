"""Use cases on definitions. All run inside the caller's transaction; writers wait for each other."""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from leadlight.definitions import store
from leadlight.definitions.diff import Change, diff
from leadlight.definitions.errors import NothingToPublish, Stale, UnknownDefinition
from leadlight.definitions.model import Context, Definition, Document, Publication, State, is_same
from leadlight.definitions.registry import Registry, check_key
from leadlight.kit.db import Connection
from leadlight.kit.errors import Conflict, InvalidDocument

NO_LIMIT = 2**31 - 1
LEADLIGHT = "leadlight"
"""Author of what nobody in particular wrote."""


class Revision(msgspec.Struct, frozen=True):
    """A new text for a definition. `expected` is the ETag it was based on, "" for none yet, None for whatever there is."""

    kind: str
    key: str
    body: Document
    author: str
    comment: str = ""
    expected: str | None = None


class Version(msgspec.Struct, frozen=True):
    """A version in the history of a definition, with what it changed in the one before."""

    definition: Definition
    changes: list[Change]


async def read(conn: Connection, kind: str, key: str, version: int | None = None) -> Definition:
    """A version, or without a number the draft, else the published one; raises UnknownDefinition."""
    if check_key(key):
        raise UnknownDefinition(f"{kind}/{key[:80]}")
    if version is not None:
        found = await store.version(conn, kind, key, version)
    else:
        found = await current(conn, kind, key)
    if found is None:
        raise UnknownDefinition(f"{kind}/{key}" + ("" if version is None else f", version {version}"))
    return found


async def current(conn: Connection, kind: str, key: str) -> Definition | None:
    """The draft, else the published version, else None."""
    draft = await store.in_state(conn, kind, key, State.DRAFT)
    return draft or await store.in_state(conn, kind, key, State.PUBLISHED)


async def history(conn: Connection, kind: str, key: str, below: int | None = None, limit: int = 50) -> list[Version]:
    """Versions under `below`, newest first; raises UnknownDefinition when there is none at all."""
    if check_key(key):
        raise UnknownDefinition(f"{kind}/{key[:80]}")
    found = await store.versions(conn, kind, key, NO_LIMIT if below is None else below, limit + 1)
    if not found and below is None:
        raise UnknownDefinition(f"{kind}/{key[:80]}")
    before: list[Document] = [*(item.body for item in found[1:]), {}]
    return [Version(item, diff(old, item.body)) for item, old in zip(found[:limit], before, strict=False)]


async def put(conn: Connection, registry: Registry, revision: Revision, now_us: int) -> Definition:
    """Make `revision` the draft; the same as what is published takes the draft away, the same as the draft changes nothing.

    Raises InvalidDocument, Stale.
    """
    return (await put_all(conn, registry, [revision], now_us))[0]


async def put_all(conn: Connection, registry: Registry, revisions: Sequence[Revision], now_us: int) -> list[Definition]:
    """Put several drafts that may refer to each other. Raises InvalidDocument for the first that is not valid, Stale."""
    await store.lock(conn)
    for _, invalid in await check_all(conn, registry, revisions):
        raise invalid
    return [await _put_checked(conn, revision, now_us) for revision in revisions]


async def check_all(
    conn: Connection, registry: Registry, revisions: Sequence[Revision]
) -> list[tuple[Revision, InvalidDocument]]:
    """The revisions that are not valid and why, each seeing the others. Raises UnknownKind."""
    context = Context(_overlaid(await store.newest_documents(conn), revisions))
    found: list[tuple[Revision, InvalidDocument]] = []
    for revision in revisions:
        try:
            registry.check(revision.kind, revision.key, revision.body, context)
        except InvalidDocument as invalid:
            found.append((revision, invalid))
    return found


async def _put_checked(conn: Connection, revision: Revision, now_us: int) -> Definition:
    kind, key = revision.kind, revision.key
    draft = await store.in_state(conn, kind, key, State.DRAFT)
    live = await store.in_state(conn, kind, key, State.PUBLISHED)
    _refuse_stale(draft or live, revision.expected)
    if live and is_same(live.body, revision.body):
        await store.delete_draft(conn, kind, key)
        return live
    if draft and is_same(draft.body, revision.body):
        return draft
    fresh = Definition(
        kind=kind,
        key=key,
        version=draft.version if draft else await store.last_version(conn, kind, key) + 1,
        state=State.DRAFT,
        body=revision.body,
        comment=revision.comment,
        author=revision.author,
        created_at_us=now_us,
    )
    await store.replace_draft(conn, fresh)
    return fresh


async def publish(
    conn: Connection,
    registry: Registry,
    kind: str,
    key: str,
    now_us: int,
    expected: str | None = None,
    *,
    announce: bool = False,
) -> Publication:
    """Publish the draft; without one, what is published stays so. Raises InvalidDocument, UnknownDefinition, Stale."""
    await store.lock(conn)
    newest = await read(conn, kind, key)
    _refuse_stale(newest, expected)
    return (await publish_all(conn, registry, [newest], now_us, announce=announce))[0]


async def publish_all(
    conn: Connection, registry: Registry, wanted: Sequence[Definition], now_us: int, *, announce: bool = False
) -> list[Publication]:
    """Publish versions that may refer to each other; raises InvalidDocument when one refers to what is not published."""
    await store.lock(conn)
    fresh = [item for item in wanted if item.state is not State.PUBLISHED]
    context = Context(_overlaid(_overlaid({}, await store.published(conn)), fresh))
    for item in fresh:
        registry.check(item.kind, item.key, item.body, context)
    done = [await _publish(conn, registry, item, now_us, announce=announce) for item in wanted]
    if any(publication.job is None for publication, item in zip(done, wanted, strict=True) if item in fresh):
        await registry.on_change(conn)
    return done


async def rollback(conn: Connection, registry: Registry, kind: str, key: str, version: int, now_us: int) -> Publication:
    """Publish an earlier version again, as it was; a draft stays. Raises UnknownDefinition, NothingToPublish."""
    await store.lock(conn)
    wanted = await read(conn, kind, key, version)
    if wanted.state is State.DRAFT:
        raise NothingToPublish(
            f"version {version} of {kind}/{key} was never published: publish it, do not roll back to it"
        )
    return (await publish_all(conn, registry, [wanted], now_us))[0]


async def _publish(
    conn: Connection, registry: Registry, wanted: Definition, now_us: int, *, announce: bool
) -> Publication:
    if wanted.state is State.PUBLISHED:
        return Publication(wanted)
    on_publish = registry.kind(wanted.kind).on_publish
    job = await on_publish(conn, wanted, announce) if on_publish else None
    if job is not None:
        return Publication(wanted, job)
    return Publication(await mark_published(conn, wanted, now_us))


async def mark_published(conn: Connection, definition: Definition, now_us: int) -> Definition:
    """Make exactly this version and body the published one; for publish jobs, before they move the generation.

    Raises Conflict when its draft was changed or dropped meanwhile.
    """
    await store.lock(conn)
    stored = await store.version(conn, definition.kind, definition.key, definition.version)
    if stored is None or not is_same(stored.body, definition.body):
        raise Conflict(f"{definition.kind}/{definition.key} was changed while it was being published; publish it again")
    await store.archive_published(conn, definition.kind, definition.key)
    await store.publish_version(conn, definition.kind, definition.key, definition.version, now_us)
    return msgspec.structs.replace(stored, state=State.PUBLISHED, published_at_us=now_us)


async def discard_draft(conn: Connection, kind: str, key: str, expected: str | None = None) -> Definition:
    """Drop the draft and keep what is published. Raises NothingToPublish without a draft, UnknownDefinition, Stale."""
    await store.lock(conn)
    newest = await read(conn, kind, key)
    _refuse_stale(newest, expected)
    if newest.state is not State.DRAFT:
        raise NothingToPublish(f"{kind}/{key} has no draft to discard")
    await store.delete_draft(conn, kind, key)
    return newest


async def archive(conn: Connection, registry: Registry, kind: str, key: str, expected: str | None = None) -> Definition:
    """Drop the draft and take the published version out of use; versions stay. Raises UnknownDefinition, Stale."""
    await store.lock(conn)
    newest = await read(conn, kind, key)
    _refuse_stale(newest, expected)
    await store.delete_draft(conn, kind, key)
    live = await store.in_state(conn, kind, key, State.PUBLISHED)
    if live is None:
        return newest
    await store.archive_published(conn, kind, key)
    on_archive = registry.kind(kind).on_archive
    if on_archive:
        await on_archive(conn, live)
    await registry.on_change(conn)
    return msgspec.structs.replace(live, state=State.ARCHIVED)


async def ensure_defaults(
    conn: Connection, registry: Registry, defaults: Mapping[str, Callable[[], Mapping[str, Document]]], now_us: int
) -> list[Publication]:
    """Publish kind -> (key -> document) for every kind of which nothing was ever defined."""
    done: list[Publication] = []
    for kind, load in defaults.items():
        if await store.any_of_kind(conn, kind):
            continue
        await store.lock(conn)
        if await store.any_of_kind(conn, kind):  # another process was faster
            continue
        revisions = [Revision(kind, key, body, LEADLIGHT, "Came with Leadlight.") for key, body in load().items()]
        done += await publish_all(conn, registry, await put_all(conn, registry, revisions, now_us), now_us)
    return done


def _overlaid(
    documents: dict[str, dict[str, Document]], items: Sequence[Definition] | Sequence[Revision]
) -> dict[str, dict[str, Document]]:
    """The same mapping with the documents of `items` in it."""
    for item in items:
        documents.setdefault(item.kind, {})[item.key] = item.body
    return documents


def _refuse_stale(newest: Definition | None, expected: str | None) -> None:
    if expected is None:
        return
    found = newest.etag if newest else ""
    if found != expected:
        name = f"version {found}" if found else "no such definition"
        raise Stale(f"found {name}, expected {expected or 'none yet'}")
