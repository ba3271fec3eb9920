"""Decide: from loaded facts and events to changes. Pure: no I/O, no clock; the work is changed in place."""

from collections import deque
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

import msgspec

from leadlight import handoff, matching, people, scoring
from leadlight.events import Event, Incoming
from leadlight.kit.ids import new_id
from leadlight.people import Resolution
from leadlight.pipeline import due
from leadlight.pipeline.claims import claim_of
from leadlight.pipeline.generation import Generation
from leadlight.pipeline.work import NeedsHistory, Work

MAX_ROUNDS = 8
SOURCE = "leadlight"
STAGE_LEAD_US = 1000
"""A stage is entered after everything stored so far, which on a clock that stands still is up to this much after now."""

Queue = deque[tuple[UUID, Event]]


class Stir(msgspec.Struct, frozen=True, gc=False):
    """What changed of a contact, by which subject: tallies of these matchers (None: of any), and whether who they are."""

    subject_id: UUID
    matchers: Collection[int] | None = None
    is_reshaped: bool = True


class Crossing(msgspec.Struct, frozen=True):
    """A score that may concern sales now; `band_before` is where the contact stood as far as they know."""

    model: scoring.CompiledModel
    rescored: scoring.Rescored
    band_before: str
    subject_id: UUID


def decide(work: Work, arrivals: Sequence[Incoming]) -> None:
    """Apply arrivals one by one in order of arrival; an id seen before is only counted."""
    for arrival in arrivals:
        if arrival.id in work.stored_ids:
            work.changes.duplicates.append(arrival)
            continue
        work.stored_ids.add(arrival.id)
        resolution = work.directory.resolve(claim_of(arrival), work.now_us)
        stages = work.directory.contact(resolution.contact_id).stages
        _apply(work, resolution, _event(arrival, resolution.subject_id, stages))
        if resolution.duplicate_of:
            told = {"contact": str(resolution.duplicate_of), "why": resolution.conflict}
            decide_report(work, resolution.contact_id, "duplicate_suspected", told)


def decide_command(work: Work, command: people.Command) -> Resolution:
    """Apply a change made by hand; one that changes anything leaves an event."""
    resolution = command.apply(work.directory, work.now_us)
    if resolution.touched or resolution.account_changed:
        event = emitted(work, resolution.subject_id, command.kind, command.properties, command.source)
        _apply(work, resolution, event)
    return resolution


def decide_report(work: Work, contact_id: UUID, kind: str, properties: Mapping[str, object]) -> None:
    """Record something that happened to a contact inside Leadlight, with all that follows from it."""
    contact = work.directory.contact(contact_id)
    subject = people.primary_subject(work.directory.subjects_of(contact.id))
    _apply(work, Resolution(subject.id, contact.id), emitted(work, subject.id, kind, properties))


def decide_time(work: Work, contact_ids: Sequence[UUID]) -> None:
    """Bring the scores of these contacts up to now."""
    work.passes_time = True
    for contact_id in contact_ids:
        contact = work.directory.find_contact(contact_id)
        if contact is None or contact.merged_into is not None:
            _forget(work, contact_id)
            continue
        subject_id = people.primary_subject(work.directory.subjects_of(contact_id)).id
        queue: Queue = deque()
        _score(work, contact_id, Stir(subject_id, ()), queue)
        _drain(work, queue)


def _event(arrival: Incoming, subject_id: UUID, stages: tuple[people.StageChange, ...]) -> Event:
    """The event as it is stored. It may not lie in the instant before a stage that was entered before it arrived."""
    at_us = arrival.at_us
    if stages and stages[-1].at_us - STAGE_LEAD_US <= at_us < stages[-1].at_us:
        at_us = stages[-1].at_us
    return Event(
        id=arrival.id,
        subject_id=subject_id,
        kind=arrival.kind,
        name=arrival.name,
        source=arrival.source,
        message_id=arrival.message_id,
        at_us=at_us,
        received_us=arrival.received_us,
        day=arrival.day,
        url_host=arrival.url_host,
        url_path=arrival.url_path,
        url_query=arrival.url_query,
        referrer_host=arrival.referrer_host,
        properties=arrival.properties,
        context=arrival.context,
        excluded=arrival.excluded,
    )


def emitted(work: Work, subject_id: UUID, kind: str, properties: Mapping[str, object], source: str = SOURCE) -> Event:
    """An event Leadlight itself reports about a subject, now."""
    event_id = new_id()
    return Event(
        id=event_id,
        subject_id=subject_id,
        kind=kind,
        name=kind,
        source=source,
        message_id=str(event_id),
        at_us=work.now_us,
        received_us=work.now_us,
        day=work.today,
        url_host=None,
        url_path=None,
        url_query=None,
        referrer_host=None,
        properties=msgspec.json.encode(properties).decode(),
        context="{}",
        excluded=None,
    )


def _apply(work: Work, resolution: Resolution, event: Event) -> None:
    """One event of one contact: move subjects, tally, score, and let what follows from it happen."""
    work.changes.events.append(event)
    work.directory.see(resolution.contact_id, event.at_us)
    queue: Queue = deque()
    if resolution.account_changed:
        work.changes.accounts[resolution.account_changed] = resolution.contact_id
    if resolution.moved:
        _tally_moved_again(work, resolution)
        _tally(work, resolution.contact_id, event)
        _score(work, resolution.contact_id, Stir(event.subject_id), queue)
    else:
        _count(work, resolution.contact_id, event, queue, is_reshaped=_is_reshaped(resolution))
    for contact_id in resolution.touched:
        if contact_id != resolution.contact_id:
            subject = people.primary_subject(work.directory.subjects_of(contact_id))
            _score(work, contact_id, Stir(subject.id), queue)
    for move in resolution.moved:
        if not work.directory.subjects_of(move.from_contact):
            _forget(work, move.from_contact)
    _drain(work, queue)


def _is_reshaped(resolution: Resolution) -> bool:
    """Whether more than tallies changed."""
    return bool(
        resolution.created
        or resolution.profile_changed
        or resolution.tags_changed
        or resolution.stage_changed
        or resolution.account_changed
    )


def _drain(work: Work, queue: Queue) -> None:
    """Emitted events run through the same steps, round by round, at most MAX_ROUNDS deep."""
    rounds = 0
    while queue:
        rounds += 1
        if rounds > MAX_ROUNDS:
            work.changes.loops_cut += len(queue)
        for contact_id, event in [queue.popleft() for _ in range(len(queue))]:
            work.changes.events.append(event)
            work.directory.see(contact_id, event.at_us)
            _count(work, contact_id, event, queue if rounds <= MAX_ROUNDS else None)


def _count(work: Work, contact_id: UUID, event: Event, queue: Queue | None, *, is_reshaped: bool = False) -> None:
    """Tally one event and bring the scores up to date with it, and with who the contact is now."""
    matchers = _tally(work, contact_id, event)
    if is_reshaped or matchers:
        _score(work, contact_id, Stir(event.subject_id, matchers, is_reshaped), queue)


def tally_event(
    generation: Generation,
    memory: matching.Memory,
    event: Event,
    stages: tuple[people.StageChange, ...],
    only: Collection[int] | None = None,
) -> set[int]:
    """Tally an event with what it matches (of `only` when given); returns the ids of those matchers."""
    if event.excluded:
        return set()
    matched = [each for each in generation.match(event) if only is None or each[0] in only]
    if matched:
        stage = people.stage_at(stages, event.at_us)
        for matcher_id, measured in matched:
            keep_hits = generation.keep_hits[matcher_id]
            matching.tally(memory, matcher_id, keep_hits, event.day, stage, event.at_us, measured)
    return {matcher_id for matcher_id, _ in matched}


def _tally(work: Work, contact_id: UUID, event: Event) -> set[int]:
    memory = work.memories.get(event.subject_id, {})
    touched = tally_event(work.generation, memory, event, work.directory.contact(contact_id).stages)
    if touched:
        work.memories[event.subject_id] = memory
        work.changes.memories.add(event.subject_id)
    return touched


def _tally_moved_again(work: Work, resolution: Resolution) -> None:
    """Stages at the time may differ under another contact: where any are recorded, tally the subjects from their events."""
    contact_ids = {resolution.contact_id, *resolution.touched}
    subjects = [subject for contact_id in contact_ids for subject in work.directory.subjects_of(contact_id)]
    if not any(subject.stages for subject in subjects):
        return
    if any(subject.id not in work.history for subject in subjects):
        raise NeedsHistory({subject.id for subject in subjects})
    for subject in subjects:
        work.memories[subject.id] = {}
        work.changes.memories.add(subject.id)
        decided = [event for event in work.changes.events[:-1] if event.subject_id == subject.id]
        for event in [*work.history[subject.id], *decided]:
            _tally(work, subject.contact_id, event)


def _forget(work: Work, contact_id: UUID) -> None:
    """A contact that was merged away has no score and nothing to wait for."""
    for model in work.generation.models:
        work.scores.pop((contact_id, model.model.key), None)
        work.changes.scores.discard((contact_id, model.model.key))
        due_key = (contact_id, due.reason_of(model.model))
        work.due[due_key] = work.changes.due[due_key] = None
    work.changes.unscored.add(contact_id)


def _score(work: Work, contact_id: UUID, stir: Stir, queue: Queue | None) -> None:
    """Bring every model's score of a contact up to now."""
    facts = work.facts(contact_id)
    became_known = stir.is_reshaped and work.becomes_known(contact_id)
    for model in work.generation.models:
        key = (contact_id, model.model.key)
        before = work.scores.get(key) or scoring.first_score(model, contact_id, work.now_us)
        done = scoring.rescore(
            model,
            before,
            facts,
            touched=stir.matchers,
            is_reshaped=stir.is_reshaped,
            today=work.today,
            now_us=work.now_us,
        )
        work.scores[key] = done.score
        work.changes.scores.add(key)
        _set_due(work, contact_id, model, done.next_change_us)
        if queue is not None and (done.crossed or became_known):
            band_before = model.model.bands[0].key if became_known else done.old_band
            _cross(work, Crossing(model, done, band_before, stir.subject_id), facts, queue)


def _set_due(work: Work, contact_id: UUID, model: scoring.CompiledModel, at_us: int | None) -> None:
    """A moment that has come stays until the clock has looked: it may stand for more than an event looks at."""
    key = (contact_id, due.reason_of(model.model))
    held = work.due.get(key)
    has_come = held is not None and held <= work.now_us and not work.passes_time
    if held != at_us and not has_come:
        work.due[key] = work.changes.due[key] = at_us


def _cross(work: Work, crossing: Crossing, facts: matching.ContactFacts, queue: Queue) -> None:
    """A band was entered or left, or a contact in one became known: report it, and hand it over if sales wants it."""
    model, score = crossing.model.model, crossing.rescored.score
    if crossing.rescored.crossed:
        band_changed = {
            "model": model.key,
            "before": crossing.rescored.old_band,
            "band": score.band,
            "points": score.total / 100,
        }
        queue.append((score.contact_id, emitted(work, crossing.subject_id, "band_changed", band_changed)))
    contact = work.directory.contact(score.contact_id)
    if handoff.decide(model, crossing.band_before, score, contact, work.in_work):
        statement = scoring.statement(crossing.model, facts, work.today, work.now_us)
        opened = handoff.open_one(contact, score, statement, [], work.now_us)
        work.in_work.add((contact.id, model.key))
        work.changes.hand_offs.append(opened)
        told = {"model": model.key, "hand_off": str(opened.id), "points": score.total / 100, "grade": score.grade}
        queue.append((contact.id, emitted(work, crossing.subject_id, "hand_off_opened", told)))
