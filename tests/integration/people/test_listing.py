"""Lists stay fast with a million contacts because they walk an index."""

import pytest

from leadlight.kit.db import Database, render
from leadlight.pipeline.listing import By, Filter, Order, _statement


@pytest.mark.parametrize(
    ("wanted", "order", "index"),
    [
        (Filter(), Order(By.SCORE), "scores_ranked"),
        (Filter(), Order(By.SCORE, is_descending=False), "scores_ranked"),
        (Filter(band="hot"), Order(By.SCORE), "scores_ranked"),
        (Filter(), Order(By.LAST_SEEN), "contacts_last_seen"),
        (Filter(), Order(By.NAME, is_descending=False), "contacts_titled"),
        (Filter(email="ann@acme.com"), Order(), "identifiers_pkey"),
    ],
)
async def test_list_walks_an_index(database: Database, wanted: Filter, order: Order, index: str) -> None:
    sql, arguments = render(_statement(wanted, order, 1, None).limit(50))
    async with database.transaction() as conn:
        await conn.execute("set local enable_seqscan = off; set local plan_cache_mode = force_generic_plan")
        if wanted == Filter() or wanted.band:
            await conn.execute("set local enable_sort = off")
        plan = "\n".join(row[0] for row in await conn.fetch(f"explain {sql}", *arguments))
    assert index in plan
    if order.by is not By.LAST_SEEN:
        assert "Seq Scan" not in plan
