"""Scores in PostgreSQL: one row a contact and model version."""

from collections.abc import Collection, Iterable
from uuid import UUID

import asyncpg
import msgspec

from leadlight.kit.days import from_us, to_us
from leadlight.kit.db import Connection
from leadlight.scoring.model import Model, Score
from leadlight.scoring.wire import decode_sums, encode_sums

LOAD = """
    select contact_id, model, version, as_of_day, total, fit, engagement, band, grade, levels, sums, band_since, cool_until
    from scores
    where contact_id = any($1::uuid[]) and (model, version) in (select * from unnest($2::text[], $3::int[]))
"""
STORE = """
    insert into scores (
        contact_id, model, version, as_of_day, total, fit, engagement, band, grade, levels, sums, band_since, cool_until)
    select * from unnest(
        $1::uuid[], $2::text[], $3::int[], $4::int[], $5::bigint[], $6::bigint[], $7::bigint[], $8::text[], $9::text[],
        $10::text[], $11::bytea[], $12::timestamptz[], $13::text[])
    on conflict (contact_id, model, version) do update set
        as_of_day = excluded.as_of_day, total = excluded.total, fit = excluded.fit, engagement = excluded.engagement,
        band = excluded.band, grade = excluded.grade, levels = excluded.levels, sums = excluded.sums,
        band_since = excluded.band_since, cool_until = excluded.cool_until
"""
RANKED = """
    select contact_id, total, fit, engagement, band, grade, band_since
    from scores
    where model = $1 and version = $2 and ($3::bigint is null or (total, contact_id) < ($3, $4::uuid))
        and ($5::text is null or band = $5)
    order by total desc, contact_id desc
    limit $6
"""

STEP_BACK = """
    update scores as after set band = before.band, band_since = before.band_since
    from scores as before
    where before.contact_id = after.contact_id and before.model = $1 and after.model = $1
        and after.version = $2 and before.version = $3 and before.band <> after.band and before.band = any($4::text[])
    returning after.contact_id
"""

STEP_DOWN = """
    update scores set band = $3 where model = $1 and version = $2 and band <> $3 returning contact_id
"""

Version = tuple[str, int]
"""Key and version of a model."""


class Ranked(msgspec.Struct, frozen=True):
    """One place in a ranked list. Points in hundredths."""

    contact_id: UUID
    total: int
    fit: int
    engagement: int
    band: str
    grade: str
    band_since_us: int


async def load(
    conn: Connection, contact_ids: Collection[UUID], models: Collection[Version]
) -> dict[tuple[UUID, str], Score]:
    """Stored scores by contact and model key, of those versions."""
    keys, versions = [key for key, _ in models], [version for _, version in models]
    rows = await conn.fetch(LOAD, list(contact_ids), keys, versions)
    return {(row["contact_id"], row["model"]): _score(row) for row in rows}


async def store(conn: Connection, scores: Iterable[Score]) -> None:
    """Keep `scores`, each replacing the one of the same contact, model and version."""
    rows = [_row(score) for score in sorted(scores, key=lambda score: score.contact_id)]
    if rows:
        await conn.execute(STORE, *zip(*rows, strict=True))


async def step_back(conn: Connection, model: Model, version: int | None) -> list[UUID]:
    """Put contacts whose band `model` changes back into the one they hold under `version` (None: the first); returns them."""
    if version is None:
        rows = await conn.fetch(STEP_DOWN, model.key, model.version, model.bands[0].key)
        return [row["contact_id"] for row in rows]
    bands = [band.key for band in model.bands]
    return [row["contact_id"] for row in await conn.fetch(STEP_BACK, model.key, model.version, version, bands)]


async def delete(conn: Connection, contact_ids: Collection[UUID]) -> None:
    """Forget every score of these contacts."""
    await conn.execute("delete from scores where contact_id = any($1::uuid[])", list(contact_ids))


async def forget_version(conn: Connection, model: str, version: int) -> None:
    """Forget everyone's score under one version of a model."""
    await conn.execute("delete from scores where model = $1 and version = $2", model, version)


async def ranked(
    conn: Connection, version: Version, limit: int, *, after: tuple[int, UUID] | None = None, band: str | None = None
) -> list[Ranked]:
    """Highest totals first; `after` is the total and contact id of the last place already shown."""
    total, contact_id = after or (None, None)
    rows = await conn.fetch(RANKED, *version, total, contact_id, band, limit)
    return [
        Ranked(
            contact_id=row["contact_id"],
            total=row["total"],
            fit=row["fit"],
            engagement=row["engagement"],
            band=row["band"],
            grade=row["grade"],
            band_since_us=to_us(row["band_since"]),
        )
        for row in rows
    ]


def _row(score: Score) -> tuple[object, ...]:
    return (
        score.contact_id,
        score.model,
        score.version,
        score.as_of_day,
        score.total,
        score.fit,
        score.engagement,
        score.band,
        score.grade,
        msgspec.json.encode(score.levels).decode(),
        encode_sums(score),
        from_us(score.band_since_us),
        msgspec.json.encode(score.cool_until_us).decode(),
    )


def _score(row: asyncpg.Record) -> Score:
    sums, changes_at_us = decode_sums(row["sums"])
    return Score(
        contact_id=row["contact_id"],
        model=row["model"],
        version=row["version"],
        as_of_day=row["as_of_day"],
        total=row["total"],
        fit=row["fit"],
        engagement=row["engagement"],
        band=row["band"],
        grade=row["grade"],
        levels=msgspec.json.decode(row["levels"], type=dict[str, int]),
        sums=sums,
        band_since_us=to_us(row["band_since"]),
        cool_until_us=msgspec.json.decode(row["cool_until"], type=dict[str, int]),
        changes_at_us=changes_at_us,
    )
