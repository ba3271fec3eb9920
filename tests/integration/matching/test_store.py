from leadlight import matching
from leadlight.kit.ids import new_id
from leadlight.rules import Matcher
from leadlight.rules import Test as Comparison

VISIT = Matcher(
    "page_viewed", (Comparison("url.path", "contains_word", "pricing"), Comparison("total", "between", (1, 2.5)))
)
RECENT = Matcher("page_viewed", keep_hits=3)


async def test_memory_is_stored_loaded_and_replaced(database):
    subject_id, memory = new_id(), {}
    matching.tally(memory, 1, 2, 20_000, "mql", 5, None)
    async with database.transaction() as conn:
        await matching.store(conn, {subject_id: memory})
        matching.tally(memory, 1, 2, 20_001, "", 6, 10**19)
        await matching.store(conn, {subject_id: memory})
        assert await matching.load(conn, [subject_id, new_id()]) == {subject_id: memory}


async def test_equal_matchers_share_an_id(database):
    async with database.transaction() as conn:
        first = await matching.register(conn, [VISIT, RECENT, VISIT])
        again = await matching.register(conn, [RECENT])
        assert again == {RECENT.fingerprint: first[RECENT.fingerprint]}
        assert await matching.registered(conn) == [
            (first[VISIT.fingerprint], VISIT),
            (first[RECENT.fingerprint], RECENT),
        ]


async def test_new_matcher_is_filling_until_it_goes_live(database):
    async with database.transaction() as conn:
        ids = await matching.register(conn, [VISIT, RECENT])
        await matching.go_live(conn, [ids[VISIT.fingerprint]])
        assert await matching.filling(conn) == [(ids[RECENT.fingerprint], RECENT)]
