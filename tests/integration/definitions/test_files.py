"""Definitions from files to the database and back."""

from pathlib import Path
from typing import Any

import pytest

from leadlight import definitions
from leadlight.definitions import Action, ApplyAs, State, UnusableFiles
from leadlight.kit.db import Connection, Database
from tests.factories.definitions import NOW, colour, colours

RED = "# the brand's colour\nname: Red   # as in the logo\nshade: 5\n"


@pytest.fixture
async def conn(database: Database):
    async with database.transaction() as opened:
        yield opened


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    write(tmp_path, "colours/red", RED)
    write(tmp_path, "colours/navy", "name: Navy\nbase: blue\n")
    write(tmp_path, "colours/blue", "name: Blue\n")
    (tmp_path / "README.md").write_text("not a definition")
    write(tmp_path, ".git/config", "not one either")
    return tmp_path


def write(directory: Path, name: str, text: str) -> Path:
    path = directory / f"{name}.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


async def apply(conn: Connection, directory: Path, *, prune: bool = False) -> definitions.Plan:
    registry, _ = colours()
    files = definitions.read_files(directory, registry.names)
    made, _ = await definitions.apply(conn, registry, files, ApplyAs("git", "a comment", prune), NOW)
    return made


async def plan(conn: Connection, directory: Path, *, prune: bool = False) -> definitions.Plan:
    registry, _ = colours()
    return await definitions.plan(conn, registry, definitions.read_files(directory, registry.names), prune=prune)


def steps(made: definitions.Plan) -> list[tuple[Action, str]]:
    return [(step.action, step.name) for step in made.steps]


async def test_files_are_published_all_at_once(conn: Connection, directory: Path):
    made = await apply(conn, directory)
    assert steps(made) == [(Action.ADD, f"colours/{key}") for key in ("blue", "navy", "red")]
    red = await definitions.read(conn, "colours", "red")
    assert (red.state, red.author, red.comment, red.body) == (
        State.PUBLISHED,
        "git",
        "a comment",
        {"name": "Red", "shade": 5},
    )


async def test_applying_again_changes_nothing(conn: Connection, directory: Path):
    await apply(conn, directory)
    assert (await apply(conn, directory)).steps == []
    assert len(await definitions.history(conn, "colours", "red")) == 1
    assert (directory / "colours/red.yaml").read_text() == RED


async def test_a_plan_tells_what_changes_and_changes_nothing(conn: Connection, directory: Path):
    await apply(conn, directory)
    write(directory, "colours/red", RED.replace("5", "6"))
    (directory / "colours/navy.yaml").unlink()
    made = await plan(conn, directory)
    assert [str(change) for change in made.steps[0].changes] == ["~ shade: 5 -> 6"]
    assert (steps(made), made.unlisted) == ([(Action.CHANGE, "colours/red")], ["colours/navy"])
    assert (await definitions.read(conn, "colours", "red")).version == 1


async def test_pruning_archives_what_has_no_file(conn: Connection, directory: Path):
    await apply(conn, directory)
    (directory / "colours/navy.yaml").unlink()
    assert steps(await apply(conn, directory, prune=True)) == [(Action.ARCHIVE, "colours/navy")]
    assert [item.key for item in await definitions.published(conn)] == ["blue", "red"]


async def test_pull_then_plan_says_no_changes(conn: Connection, tmp_path: Path):
    registry, _ = colours()
    bodies: dict[str, dict[str, Any]] = {
        "a": {"in": ["NO", "PL"]},
        "b": {"text": "x\ny\n", "n": 1.0},
        "c": {"nested": {"z": [], "a": {}}},
    }
    for key, body in bodies.items():
        await definitions.put(conn, registry, colour(key, **body), NOW)
        await definitions.publish(conn, registry, "colours", key, NOW)
    pulled = definitions.write_files(tmp_path, await definitions.published(conn), registry.names)
    assert [path.name for path in pulled.written] == ["a.yaml", "b.yaml", "c.yaml"]
    assert (await plan(conn, tmp_path, prune=True)).steps == []


async def test_pull_leaves_files_that_say_the_same(conn: Connection, directory: Path):
    await apply(conn, directory)
    registry, _ = colours()
    await definitions.put(conn, registry, colour("blue", shade=9), NOW)
    await definitions.publish(conn, registry, "colours", "blue", NOW)
    stranger = write(directory, "colours/other", "name: Other\n")
    pulled = definitions.write_files(directory, await definitions.published(conn), registry.names)
    assert pulled.written == [directory / "colours/blue.yaml"]
    assert pulled.strangers == [stranger]
    assert (directory / "colours/red.yaml").read_text() == RED
    assert (directory / "colours/blue.yaml").read_text() == "name: Blue\nshade: 9\n"
    assert names(directory / "colours") == ["blue.yaml", "navy.yaml", "other.yaml", "red.yaml"]


async def test_one_bad_file_stops_all_and_every_place_is_named(conn: Connection, directory: Path):
    red = write(directory, "colours/red", "# a comment\nname: 5\nbase: pink\n")
    navy = write(directory, "colours/navy", "name: Navy\nbase: green\n")
    with pytest.raises(UnusableFiles) as caught:
        await apply(conn, directory)
    assert caught.value.complaints == [
        f"{navy}:2: base: found green, expected the key of a colour",
        f"{red}:2: name: found 5, expected text",
        f"{red}:3: base: found pink, expected the key of a colour",
    ]
    assert await definitions.published(conn) == []
    assert await definitions.current(conn, "colours", "blue") is None


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("colours/red", "name: [Red", "line 1: found"),
        ("colours/red", "name: Red\nname: Blue\n", "line 2: found a second 'name', expected each key once"),
        ("hats/top", "name: Top\n", "found the directory 'hats', expected one of colours, notes"),
        ("colours/-red-", "name: Red\n", "found the key '-red-', expected 1 to 63 letters"),
    ],
)
def test_an_unreadable_file_is_named(tmp_path: Path, name, text, complaint):
    path = write(tmp_path, name, text)
    with pytest.raises(UnusableFiles) as caught:
        definitions.read_files(tmp_path, ["colours", "notes"])
    assert str(caught.value).startswith(f"{path}: ")
    assert complaint in str(caught.value)


def test_a_yml_file_and_bad_utf8_are_not_passed_over(tmp_path: Path):
    write(tmp_path, "colours/red", RED).rename(tmp_path / "colours/red.yml")
    (tmp_path / "colours/blue.yaml").write_bytes(b"name: \xff\n")
    with pytest.raises(UnusableFiles) as caught:
        definitions.read_files(tmp_path, ["colours"])
    blue, red = caught.value.complaints
    assert "cannot be read as UTF-8" in blue
    assert "expected red.yaml" in red


def test_a_directory_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(UnusableFiles, match="found no such directory"):
        definitions.read_files(tmp_path / "none", ["colours"])
