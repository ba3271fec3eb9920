"""What the benchmarks measure on is a workspace like any other."""

from leadlight import pipeline
from leadlight.app import App
from tests.bench.datasets import Size, fill


async def test_dataset_is_consistent(app: App) -> None:
    await fill(app, Size(contacts=300, events=6_000))
    assert await pipeline.examine(app.engine) == []
    assert await app.db.pool.fetchval("select count(*) from contacts") == 300
    assert await app.db.pool.fetchval("select count(*) from scores where total <> 0") > 100
    assert await app.db.pool.fetchval("select sum(rows) from sealed") == 6_000
