"""Store: everything decided, in bulk, in the transaction that loaded it."""

from collections.abc import Mapping
from uuid import UUID

import structlog

from leadlight import events, handoff, matching, people, scoring
from leadlight.events import DropReason
from leadlight.kit.days import DAY_US
from leadlight.kit.db import Connection
from leadlight.pipeline import due
from leadlight.pipeline.decide import SOURCE
from leadlight.pipeline.work import Work

log = structlog.get_logger()


async def store(conn: Connection, work: Work) -> None:
    """Write what `work` has changed; raises people.IdentityRace when another transaction met the same new person first."""
    changes = work.changes
    await people.store_directory(conn, work.directory)
    await events.append(conn, changes.events)
    if changes.memories:
        await matching.store(conn, {each: _pruned(work, each) for each in changes.memories})
    if changes.unscored:
        await scoring.delete(conn, changes.unscored)
    if changes.scores:
        await scoring.store(conn, [work.scores[key] for key in changes.scores])
    await due.store(conn, changes.due)
    if changes.accounts:
        await _wake_colleagues(conn, work, changes.accounts)
    for opened in changes.hand_offs:
        await _hand_over(conn, work, opened)
    await events.count_drops(conn, DropReason.DUPLICATE, changes.duplicates)
    if changes.loops_cut:
        log.warning("loop_cut", reports=changes.loops_cut)
        await events.add_drops(conn, {(work.now_us // DAY_US, SOURCE, DropReason.LOOP_CUT): changes.loops_cut})


async def _hand_over(conn: Connection, work: Work, opened: handoff.HandOff) -> None:
    """Store a hand-off with what its contact did last (not what we said of them) and tell the webhooks."""
    subject_ids = [subject.id for subject in work.directory.subjects_of(opened.contact_id)]
    actions = await events.timeline(conn, subject_ids, None, handoff.MOST_ACTIONS, but_kinds=events.RESERVED_KINDS)
    await handoff.open_all(conn, [handoff.with_actions(opened, actions)], work.generation.webhooks)


async def _wake_colleagues(conn: Connection, work: Work, changed: Mapping[UUID, UUID]) -> None:
    """People of a changed account are looked at next, but for whoever changed it."""
    colleagues = await people.contacts_of_accounts(conn, changed)
    await due.wake(conn, set(colleagues) - set(changed.values()), work.generation.reasons, work.now_us)


def _pruned(work: Work, subject_id: UUID) -> matching.Memory:
    """The memory without what nobody asks for any more."""
    memory, asked = work.memories[subject_id], work.generation.keep_hits
    if memory.keys() <= asked.keys():
        return memory
    return {matcher_id: tally for matcher_id, tally in memory.items() if matcher_id in asked}
