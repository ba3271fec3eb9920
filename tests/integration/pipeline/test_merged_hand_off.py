"""A hand-off goes on counting for the person its contact was merged into."""

from leadlight import people
from leadlight.app import App
from tests.factories.pipeline import START_US, arrival, pricing, publish


async def test_merged_contact_is_not_handed_over_again(app: App) -> None:
    await publish(app)
    ready = [arrival("demo_watched", email="jan@example.pl"), *(pricing(email="jan@example.pl") for _ in range(3))]
    await app.engine.process([*ready, pricing(email="jan@work.example")], START_US)
    rows = await app.db.pool.fetch("select id from contacts order by email")
    handed, other = rows[0]["id"], rows[1]["id"]
    await app.engine.change([people.Merge(contact_id=other, other=handed)])
    await app.engine.process([arrival("demo_watched", email="jan@work.example")], START_US)
    assert await app.db.pool.fetchval("select count(*) from handoffs") == 1
