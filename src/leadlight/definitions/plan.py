"""From files to definitions: what would change, and changing it in one transaction."""

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from leadlight.definitions import service, store
from leadlight.definitions.diff import Change, diff
from leadlight.definitions.errors import UnusableFiles
from leadlight.definitions.files import SourceFile
from leadlight.definitions.model import Definition, Publication
from leadlight.definitions.registry import Registry
from leadlight.definitions.service import Revision
from leadlight.kit.db import Connection


class Action(StrEnum):
    """What a file, or its absence, asks for."""

    ADD = "add"
    CHANGE = "change"
    ARCHIVE = "archive"


class Step(msgspec.Struct, frozen=True):
    """One definition that would change; `changes` are against what is published."""

    action: Action
    kind: str
    key: str
    changes: list[Change]

    @property
    def name(self) -> str:
        return f"{self.kind}/{self.key}"


class Plan(msgspec.Struct, frozen=True):
    """What to do, by kind and key; `unlisted` are published definitions without a file that stay as they are."""

    steps: list[Step]
    unlisted: list[str]

    def count(self, action: Action) -> int:
        """How many definitions it would add, change or archive."""
        return sum(step.action is action for step in self.steps)


class ApplyAs(msgspec.Struct, frozen=True):
    """Who applies, why, and whether what has no file goes."""

    author: str
    comment: str = ""
    prune: bool = False


def make_plan(files: Sequence[SourceFile], published: Sequence[Definition], *, prune: bool) -> Plan:
    """Compare files with what is published; `prune` archives what has no file."""
    live = {(item.kind, item.key): item.body for item in published}
    steps: list[Step] = []
    for file in files:
        old = live.pop((file.kind, file.key), None)
        changes = diff(old or {}, file.parsed.body)
        if old is None or changes:
            steps.append(Step(Action.ADD if old is None else Action.CHANGE, file.kind, file.key, changes))
    if prune:
        steps += [Step(Action.ARCHIVE, kind, key, []) for kind, key in live]
    steps.sort(key=lambda step: (step.kind, step.key))
    return Plan(steps, [] if prune else sorted(f"{kind}/{key}" for kind, key in live))


async def plan(conn: Connection, registry: Registry, files: Sequence[SourceFile], *, prune: bool) -> Plan:
    """What `apply` would do; raises UnusableFiles naming every invalid document."""
    by_name = {(file.kind, file.key): file for file in files}
    revisions = [Revision(file.kind, file.key, file.parsed.body, author="") for file in files]
    complaints: list[str] = []
    for revision, invalid in await service.check_all(conn, registry, revisions):
        complaints += by_name[revision.kind, revision.key].complaints(invalid)
    if complaints:
        raise UnusableFiles(complaints)
    return make_plan(files, await store.published(conn), prune=prune)


async def apply(
    conn: Connection, registry: Registry, files: Sequence[SourceFile], change: ApplyAs, now_us: int
) -> tuple[Plan, list[Publication]]:
    """Publish what the files say, all or nothing; publications with a job go on after the commit. Raises UnusableFiles."""
    await store.lock(conn)
    made = await plan(conn, registry, files, prune=change.prune)
    wanted = {(step.kind, step.key) for step in made.steps if step.action is not Action.ARCHIVE}
    drafts = await service.put_all(
        conn,
        registry,
        [
            Revision(file.kind, file.key, file.parsed.body, change.author, change.comment)
            for file in files
            if (file.kind, file.key) in wanted
        ],
        now_us,
    )
    done = await service.publish_all(conn, registry, drafts, now_us)
    for step in made.steps:
        if step.action is Action.ARCHIVE:
            await service.archive(conn, registry, step.kind, step.key)
    return made, done
