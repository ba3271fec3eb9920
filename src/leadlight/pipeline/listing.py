"""The list of contacts: filters of people, ranked by scores or by what people's own columns say."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Select, and_, literal, or_, select, text, tuple_, union
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.sql.expression import FromClause, UnaryExpression, cast

from leadlight.kit.db import Connection, render
from leadlight.kit.errors import NotFound
from leadlight.people import search_query
from leadlight.people.tables import accounts, contacts, identifiers, subjects
from leadlight.pipeline.generation import Generations
from leadlight.scoring.tables import scores

Place = tuple[Any, ...]
"""Where a page ends: the values of the sort columns of its last row."""


class UnknownModel(NotFound):
    """There is no published score model of that key. `GET /api/definitions/score-models` lists them."""

    code = "unknown_model"


class By(StrEnum):
    """What a list is sorted by."""

    SCORE = "score"
    LAST_SEEN = "last_seen"
    NAME = "name"


class Order(msgspec.Struct, frozen=True):
    """Sorted by a column, or by the score under `model`; `model` also says whose bands a filter means."""

    by: By = By.LAST_SEEN
    is_descending: bool = True
    model: str = "default"


class Filter(msgspec.Struct, frozen=True):
    """Which contacts; everything that is set must hold. `email` is in normal form, `words` begin words."""

    email: str | None = None
    user_id: str | None = None
    anonymous_id: str | None = None
    words: str | None = None
    tags: Sequence[str] = ()
    stage: str | None = None
    band: str | None = None
    is_known: bool | None = None
    account_id: UUID | None = None


class ScoreSummary(msgspec.Struct, frozen=True):
    """A stored score without its sums. Points in hundredths."""

    model: str
    version: int
    as_of_day: int
    total: int
    fit: int
    engagement: int
    band: str
    grade: str


class Listed(msgspec.Struct, frozen=True):
    """One contact in a list, with its score under each published model; `place` is where it stands."""

    id: UUID
    name: str | None
    email: str | None
    is_known: bool
    tags: tuple[str, ...]
    stage: str | None
    account_id: UUID | None
    account_name: str | None
    created_at: datetime
    last_event_at: datetime
    scores: dict[str, ScoreSummary]
    place: Place


async def list_contacts(
    conn: Connection, generations: Generations, wanted: Filter, order: Order, after: Place | None, limit: int
) -> list[Listed]:
    """A page of contacts, merged ones left out. Raises UnknownModel when a score or band of no published model is meant."""
    generation = await generations.current(conn)
    versions = [(model.model.key, model.model.version) for model in generation.models]
    version = dict(versions).get(order.model)
    if version is None and (order.by is By.SCORE or wanted.band is not None):
        raise UnknownModel(f"found no published score model {order.model!r}")
    statement = _statement(wanted, order, version or 0, after).limit(limit)
    sql, arguments = render(statement)
    rows = await conn.fetch(sql, *arguments)
    held = await _scores_of(conn, [row["id"] for row in rows], versions)
    return [_listed(row, held.get(row["id"], {}), order) for row in rows]


async def _scores_of(
    conn: Connection, contact_ids: Sequence[UUID], versions: Sequence[tuple[str, int]]
) -> dict[UUID, dict[str, ScoreSummary]]:
    """Contact -> model -> score, of those versions."""
    columns = [scores.c[column] for column in ("contact_id", *ScoreSummary.__struct_fields__)]
    which = tuple_(scores.c.model, scores.c.version).in_(versions)
    sql, arguments = render(select(*columns).where(scores.c.contact_id.in_(contact_ids), which))
    held: dict[UUID, dict[str, ScoreSummary]] = {}
    for contact_id, *values in await conn.fetch(sql, *arguments):
        summary = ScoreSummary(*values)
        held.setdefault(contact_id, {})[summary.model] = summary
    return held


def _statement(wanted: Filter, order: Order, version: int, after: Place | None) -> Select[Any]:
    source: FromClause = contacts.outerjoin(accounts, accounts.c.id == contacts.c.account_id)
    conditions = [contacts.c.merged_into.is_(None), *_conditions(wanted)]
    columns: list[Any] = [contacts, accounts.c.title.label("account_title"), accounts.c.name.label("account_name")]
    if order.by is By.SCORE or wanted.band is not None:
        source = source.join(scores, scores.c.contact_id == contacts.c.id)
        conditions += [scores.c.model == order.model, scores.c.version == version]
        columns.append(scores.c.total)
    if wanted.band is not None:
        conditions.append(scores.c.band == wanted.band)
    if after is not None:
        conditions.append(_after(order, after))
    return select(*columns).select_from(source).where(*conditions).order_by(*_ordered(order))


def _conditions(wanted: Filter) -> list[Any]:
    """What the filter asks of people, band aside."""
    found: list[Any] = []
    names = {"user_id": wanted.user_id, "anonymous_id": wanted.anonymous_id}
    found += [contacts.c.id.in_(_owners(kind, value)) for kind, value in names.items() if value is not None]
    if wanted.email is not None:
        own = select(contacts.c.id).where(contacts.c.email == wanted.email)
        found.append(contacts.c.id.in_(union(own, _owners("email", wanted.email))))
    if wanted.words is not None:
        query = search_query(wanted.words)
        found.append(contacts.c.search.bool_op("@@")(cast(query or "", TSQUERY)))
    if wanted.tags:
        found += [contacts.c.tags.contains(list(wanted.tags)), text("contacts.tags <> '{}'")]
    if wanted.stage is not None:
        found.append(contacts.c.stage == wanted.stage)
    if wanted.is_known is not None:
        found.append(contacts.c.known.is_(wanted.is_known))
    if wanted.account_id is not None:
        found.append(contacts.c.account_id == wanted.account_id)
    return found


def _owners(kind: str, value: str) -> Select[Any]:
    """The contact that shows the subject an identifier means."""
    return (
        select(subjects.c.contact_id)
        .join(identifiers, identifiers.c.subject_id == subjects.c.id)
        .where(identifiers.c.kind == kind, identifiers.c.value == value)
    )


_SORT_COLUMNS: dict[By, tuple[Any, ...]] = {
    By.SCORE: (scores.c.total, scores.c.contact_id),
    By.LAST_SEEN: (contacts.c.last_event_day, contacts.c.last_event_at, contacts.c.id),
    By.NAME: (contacts.c.title, contacts.c.id),
}
"""Each has an index whose columns these begin with; names may be absent and then come last going up."""


def _ordered(order: Order) -> list[UnaryExpression[Any]]:
    return [column.desc() if order.is_descending else column.asc() for column in _SORT_COLUMNS[order.by]]


def _after(order: Order, place: Place) -> ColumnElement[bool]:
    columns = _SORT_COLUMNS[order.by]
    if order.by is By.NAME:
        return _after_name(place, is_descending=order.is_descending)
    left, right = (
        tuple_(*columns),
        tuple_(*(literal(value, column.type) for value, column in zip(place, columns, strict=True))),
    )
    return left < right if order.is_descending else left > right


def _after_name(place: Place, *, is_descending: bool) -> ColumnElement[bool]:
    """Row comparison does not know absent names: they come first going down, last going up."""
    title, contact_id = place
    named, same_id = contacts.c.title, contacts.c.id
    if title is None:
        rest = and_(named.is_(None), same_id < contact_id if is_descending else same_id > contact_id)
        return or_(rest, named.is_not(None)) if is_descending else rest
    here = tuple_(named, same_id)
    there = tuple_(literal(title), literal(contact_id, same_id.type))
    return here < there if is_descending else or_(here > there, named.is_(None))


def _listed(row: Any, held: dict[str, ScoreSummary], order: Order) -> Listed:
    places: dict[By, tuple[str, ...]] = {
        By.SCORE: ("total", "id"),
        By.LAST_SEEN: ("last_event_day", "last_event_at", "id"),
        By.NAME: ("title", "id"),
    }
    return Listed(
        id=row["id"],
        name=row["name"],
        email=row["email"],
        is_known=row["known"],
        tags=tuple(row["tags"]),
        stage=row["stage"],
        account_id=row["account_id"],
        account_name=row["account_name"] or row["account_title"],
        created_at=row["created_at"],
        last_event_at=row["last_event_at"],
        scores=held,
        place=tuple(row[column] for column in places[order.by]),
    )
