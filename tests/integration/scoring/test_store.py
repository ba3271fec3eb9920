from leadlight import scoring
from leadlight.kit.ids import new_id
from leadlight.scoring import Score

VERSIONS = [("default", 1)]
NOW = 1_700_000_000_123_456


def made(total=1_000, **changes) -> Score:
    values = {
        "contact_id": new_id(),
        "model": "default",
        "version": 1,
        "as_of_day": 20_000,
        "total": total,
        "fit": 0,
        "engagement": total,
        "band": "cold",
        "grade": "D4",
        "levels": {"stage:mql": 500, "tag:a": -20},
        "sums": {"global": {0: total}, "stage:mql": {0: 500}},
        "band_since_us": NOW,
        "cool_until_us": {"hot": NOW + 5},
        "changes_at_us": {0: NOW + 7},
    }
    return Score(**values | changes)


async def test_score_is_stored_and_loaded_unchanged(database):
    score, later = made(), made(version=2)
    async with database.transaction() as conn:
        await scoring.store(conn, [score, later])
        assert await scoring.load(conn, [score.contact_id, later.contact_id], VERSIONS) == {
            (score.contact_id, "default"): score
        }


async def test_store_replaces_the_score_of_the_same_version(database):
    score = made(10**12)
    async with database.transaction() as conn:
        await scoring.store(conn, [score])
        score.total, score.band = -5, "warm"
        await scoring.store(conn, [score])
        assert await scoring.load(conn, [score.contact_id], VERSIONS) == {(score.contact_id, "default"): score}
        await scoring.store(conn, [])


async def test_ranked_list_goes_on_where_it_stopped(database):
    scores = [made(total) for total in (300, 100, 200, 200)]
    async with database.transaction() as conn:
        await scoring.store(conn, scores)
        first = await scoring.ranked(conn, VERSIONS[0], 3)
        rest = await scoring.ranked(conn, VERSIONS[0], 3, after=(first[-1].total, first[-1].contact_id))
        warm = await scoring.ranked(conn, VERSIONS[0], 3, band="warm")
    assert [place.total for place in [*first, *rest]] == [300, 200, 200, 100]
    assert {place.contact_id for place in [*first, *rest]} == {score.contact_id for score in scores}
    assert warm == []


async def test_scores_are_forgotten_by_contact_and_by_version(database):
    gone, old, kept = made(), made(version=2), made()
    async with database.transaction() as conn:
        await scoring.store(conn, [gone, old, kept])
        await scoring.delete(conn, [gone.contact_id])
        await scoring.forget_version(conn, "default", 2)
        assert await conn.fetchval("select count(*) from scores") == 1
