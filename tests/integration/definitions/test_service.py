import asyncio
from uuid import uuid4

import pytest

from leadlight import definitions
from leadlight.definitions import Kind, NothingToPublish, Stale, State, UnknownDefinition, UnknownKind
from leadlight.kit.db import Connection, Database
from leadlight.kit.errors import Conflict, InvalidDocument
from tests.factories.definitions import NOW, anything, colour, colours


@pytest.fixture
async def conn(database: Database):
    async with database.transaction() as opened:
        yield opened


async def publish(conn, registry, *revisions):
    for revision in revisions:
        await definitions.put(conn, registry, revision, NOW)
        await definitions.publish(conn, registry, revision.kind, revision.key, NOW)


async def test_a_draft_is_published_and_replaced(conn: Connection):
    registry, reported = colours()
    draft = await definitions.put(conn, registry, colour(), NOW)
    assert (draft.version, draft.state) == (1, State.DRAFT)
    assert reported.changes == 0
    done = await definitions.publish(conn, registry, "colours", "red", NOW)
    assert (done.definition.state, done.job, reported.changes) == (State.PUBLISHED, None, 1)
    second = await definitions.put(conn, registry, colour(dark=True), NOW)
    third = await definitions.put(conn, registry, colour(dark=False), NOW)
    assert (second.version, third.version) == (2, 2)
    await definitions.publish(conn, registry, "colours", "red", NOW)
    states = [
        (each.definition.version, each.definition.state) for each in await definitions.history(conn, "colours", "red")
    ]
    assert states == [(2, State.PUBLISHED), (1, State.ARCHIVED)]


async def test_the_published_text_again_takes_the_draft_away(conn: Connection):
    registry, _ = colours()
    await publish(conn, registry, colour())
    await definitions.put(conn, registry, colour(dark=True), NOW)
    again = await definitions.put(conn, registry, colour(), NOW)
    assert (again.version, again.state) == (1, State.PUBLISHED)
    assert len(await definitions.history(conn, "colours", "red")) == 1


async def test_the_same_draft_again_changes_nothing(conn: Connection):
    registry, _ = colours()
    first = await definitions.put(conn, registry, colour(author="ana"), NOW)
    again = await definitions.put(conn, registry, colour(author="iva"), NOW + 1)
    assert again == first


async def test_publishing_again_changes_nothing(conn: Connection):
    registry, reported = colours()
    await publish(conn, registry, colour())
    done = await definitions.publish(conn, registry, "colours", "red", NOW + 5)
    assert done.definition.published_at_us == NOW
    assert reported.changes == 1


async def test_an_invalid_document_changes_nothing(conn: Connection):
    registry, _ = colours()
    with pytest.raises(InvalidDocument) as caught:
        await definitions.put(conn, registry, colour(name=5, base="blue"), NOW)
    assert [problem.path for problem in caught.value.problems] == ["name", "base"]
    assert await definitions.current(conn, "colours", "red") is None


async def test_a_document_may_refer_to_a_draft_but_not_be_published_on_it(conn: Connection):
    registry, _ = colours()
    await definitions.put(conn, registry, colour("blue"), NOW)
    await definitions.put(conn, registry, colour("navy", base="blue"), NOW)
    with pytest.raises(InvalidDocument):
        await definitions.publish(conn, registry, "colours", "navy", NOW)
    await definitions.publish(conn, registry, "colours", "blue", NOW)
    await definitions.publish(conn, registry, "colours", "navy", NOW)


async def test_several_may_refer_to_each_other(conn: Connection):
    registry, _ = colours()
    made = await definitions.put_all(conn, registry, [colour("a", base="b"), colour("b", base="a")], NOW)
    assert [each.key for each in made] == ["a", "b"]


async def test_a_rollback_gives_the_old_version_back(conn: Connection):
    registry, reported = colours()
    await publish(conn, registry, colour(shade=1), colour(shade=2), colour(shade=3))
    done = await definitions.rollback(conn, registry, "colours", "red", 1, NOW)
    assert (done.definition.version, done.definition.body["shade"]) == (1, 1)
    assert reported.changes == 4
    fourth = await definitions.put(conn, registry, colour(shade=4), NOW)
    assert fourth.version == 4
    with pytest.raises(NothingToPublish):
        await definitions.rollback(conn, registry, "colours", "red", 4, NOW)
    with pytest.raises(UnknownDefinition):
        await definitions.rollback(conn, registry, "colours", "red", 9, NOW)


async def test_an_archived_definition_is_gone_until_it_is_rolled_back_to(conn: Connection):
    registry, reported = colours()
    await publish(conn, registry, colour())
    await definitions.put(conn, registry, colour(dark=True), NOW)
    await definitions.archive(conn, registry, "colours", "red")
    assert reported.changes == 2
    with pytest.raises(UnknownDefinition):
        await definitions.read(conn, "colours", "red")
    with pytest.raises(UnknownDefinition):
        await definitions.archive(conn, registry, "colours", "red")
    await definitions.rollback(conn, registry, "colours", "red", 1, NOW)
    assert (await definitions.read(conn, "colours", "red")).state is State.PUBLISHED


async def test_a_discarded_draft_leaves_what_is_published(conn: Connection):
    registry, reported = colours()
    await publish(conn, registry, colour())
    await definitions.put(conn, registry, colour(dark=True), NOW)
    await definitions.discard_draft(conn, "colours", "red")
    assert (await definitions.read(conn, "colours", "red")).state is State.PUBLISHED
    assert reported.changes == 1
    with pytest.raises(NothingToPublish):
        await definitions.discard_draft(conn, "colours", "red")


async def test_a_change_based_on_an_older_text_is_refused(conn: Connection):
    registry, _ = colours()
    first = await definitions.put(conn, registry, colour(expected=""), NOW)
    with pytest.raises(Stale):
        await definitions.put(conn, registry, colour(expected=""), NOW)
    second = await definitions.put(conn, registry, colour(dark=True, expected=first.etag), NOW)
    for attempt in (
        definitions.put(conn, registry, colour(dark=False, expected=first.etag), NOW),
        definitions.publish(conn, registry, "colours", "red", NOW, first.etag),
        definitions.archive(conn, registry, "colours", "red", first.etag),
    ):
        with pytest.raises(Stale):
            await attempt
    await definitions.publish(conn, registry, "colours", "red", NOW, second.etag)


async def test_of_two_writers_at_once_one_is_refused(database: Database):
    registry, _ = colours()
    async with database.transaction() as conn:
        etag = (await definitions.put(conn, registry, colour(), NOW)).etag

    async def write(shade: int) -> object:
        async with database.transaction() as conn:
            return await definitions.put(conn, registry, colour(shade=shade, expected=etag), NOW)

    results = await asyncio.gather(*(write(shade) for shade in range(5)), return_exceptions=True)
    assert sum(isinstance(result, Stale) for result in results) == 4


async def test_writers_without_an_etag_leave_one_draft(database: Database):
    registry, _ = colours()

    async def write(shade: int) -> None:
        async with database.transaction() as conn:
            await definitions.put(conn, registry, colour(shade=shade), NOW)
            await definitions.publish(conn, registry, "colours", "red", NOW)

    await asyncio.gather(*(write(shade) for shade in range(5)))
    async with database.connection() as conn:
        versions = await definitions.history(conn, "colours", "red")
    assert [each.definition.version for each in versions] == [5, 4, 3, 2, 1]
    assert [each.definition.state for each in versions].count(State.PUBLISHED) == 1


async def test_a_kind_may_leave_publishing_to_a_job(conn: Connection):
    job = uuid4()

    async def start_job(conn: Connection, definition: definitions.Definition, announce: bool):
        return job if announce else None

    registry, reported = colours(Kind("notes", anything, on_publish=start_job))
    await definitions.put(conn, registry, definitions.Revision("notes", "n", {"text": 1}, "ana"), NOW)
    started = await definitions.publish(conn, registry, "notes", "n", NOW, announce=True)
    assert (started.job, started.definition.state, reported.changes) == (job, State.DRAFT, 0)
    done = await definitions.mark_published(conn, started.definition, NOW)
    assert done.state is State.PUBLISHED
    assert [each.key for each in await definitions.published(conn, "notes")] == ["n"]


async def test_a_draft_changed_while_its_job_runs_is_not_published(conn: Connection):
    registry, _ = colours()
    draft = await definitions.put(conn, registry, colour(), NOW)
    await definitions.put(conn, registry, colour(dark=True), NOW)
    with pytest.raises(Conflict, match="was changed"):
        await definitions.mark_published(conn, draft, NOW)


async def test_versions_tell_author_and_changes(conn: Connection):
    registry, _ = colours()
    await publish(conn, registry, colour(shade=1, author="ana"), colour(shade=2, author="iva"), colour(shade=3))
    _, second = await definitions.history(conn, "colours", "red", limit=2)
    assert (second.definition.author, [str(change) for change in second.changes]) == ("iva", ["~ shade: 1 -> 2"])
    (oldest,) = await definitions.history(conn, "colours", "red", below=second.definition.version)
    assert [str(change) for change in oldest.changes] == ['+ name: "Red"', "+ shade: 1"]


async def test_defaults_are_published_once_and_never_again(conn: Connection):
    registry, _ = colours()
    defaults = {"colours": lambda: {"red": {"name": "Red"}}}
    assert len(await definitions.ensure_defaults(conn, registry, defaults, NOW)) == 1
    assert await definitions.ensure_defaults(conn, registry, defaults, NOW) == []
    await definitions.archive(conn, registry, "colours", "red")
    assert await definitions.ensure_defaults(conn, registry, defaults, NOW) == []


async def test_lists_show_the_newest_of_each(conn: Connection):
    registry, _ = colours()
    await publish(conn, registry, colour("a"), colour("b"), colour("c"))
    await definitions.put(conn, registry, colour("b", dark=True), NOW)
    await definitions.archive(conn, registry, "colours", "c")
    live = [State.DRAFT, State.PUBLISHED]
    listed = await definitions.listed(conn, "colours", "", live, 10)
    assert [(each.key, each.state) for each in listed] == [("a", State.PUBLISHED), ("b", State.DRAFT)]
    assert [each.key for each in await definitions.listed(conn, "colours", "a", live, 10)] == ["b"]
    assert [each.key for each in await definitions.listed(conn, "colours", "", [State.ARCHIVED], 10)] == ["c"]


async def test_an_unknown_kind_is_named(conn: Connection):
    registry, _ = colours()
    with pytest.raises(UnknownKind, match="expected one of colours, notes"):
        await definitions.put(conn, registry, definitions.Revision("hats", "h", {}, "ana"), NOW)
