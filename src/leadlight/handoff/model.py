"""Hand-offs as values: when one opens, what it says, and how it may move on. Pure."""

from collections.abc import Collection, Sequence
from enum import StrEnum
from uuid import UUID

import msgspec

from leadlight.events import Event
from leadlight.handoff.errors import MoveNotAllowed, ReasonMissing
from leadlight.kit.ids import new_id
from leadlight.people import Contact
from leadlight.scoring import GLOBAL, Model, Score, Statement

MOST_REASONS = 5
MOST_ACTIONS = 10
MOST_TEXT_BYTES = 200


class State(StrEnum):
    """Where a hand-off stands. Open, accepted and contacted ones are in work: one a contact and model."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    CONTACTED = "contacted"
    WON = "won"
    LOST = "lost"


class Verb(StrEnum):
    """What sales answers."""

    ACCEPT = "accept"
    REJECT = "reject"
    CONTACTED = "contacted"
    WON = "won"
    LOST = "lost"


class Step(msgspec.Struct, frozen=True):
    """One allowed move."""

    to: State
    from_states: tuple[State, ...]
    needs_reason: bool = False
    is_end: bool = False


STEPS = {
    Verb.ACCEPT: Step(State.ACCEPTED, (State.OPEN,)),
    Verb.REJECT: Step(State.REJECTED, (State.OPEN, State.ACCEPTED, State.CONTACTED), needs_reason=True, is_end=True),
    Verb.CONTACTED: Step(State.CONTACTED, (State.ACCEPTED,)),
    Verb.WON: Step(State.WON, (State.ACCEPTED, State.CONTACTED), is_end=True),
    Verb.LOST: Step(State.LOST, (State.ACCEPTED, State.CONTACTED), needs_reason=True, is_end=True),
}


class Reason(msgspec.Struct, frozen=True):
    """A rule that carries the score, with all the points it gives now, in hundredths."""

    label: str
    points_hundredths: int


class Action(msgspec.Struct, frozen=True):
    """Something the contact did; `url` is host and path."""

    name: str
    at_us: int
    url: str | None = None


class Summary(msgspec.Struct, frozen=True):
    """What a salesperson reads first. Reasons heaviest first, actions newest first."""

    fit_hundredths: int
    engagement_hundredths: int
    reasons: tuple[Reason, ...]
    actions: tuple[Action, ...]
    sentence: str
    opener: str
    email: str | None = None
    name: str | None = None


class HandOff(msgspec.Struct, frozen=True):
    """A lead given to sales. `total_hundredths`, `grade` and `summary` are as of the moment it opened."""

    id: UUID
    contact_id: UUID
    model: str
    version: int
    band: str
    state: State
    total_hundredths: int
    grade: str
    summary: Summary
    opened_at_us: int
    reason: str | None = None
    amount_hundredths: int | None = None
    answered_at_us: int | None = None
    closed_at_us: int | None = None


class Answer(msgspec.Struct, frozen=True):
    """What sales says about a hand-off."""

    verb: Verb
    reason: str | None = None
    amount_hundredths: int | None = None


def decide(
    model: Model, band_before: str, score: Score, contact: Contact, in_work: Collection[tuple[UUID, str]]
) -> bool:
    """Whether this change of score hands the contact over.

    A known contact crosses into the model's sales-ready band or past it, and has no hand-off in work
    (`in_work`: pairs of contact and model).
    """
    if model.sales_ready is None or not contact.is_known or (contact.id, model.key) in in_work:
        return False
    ranks = {band.key: rank for rank, band in enumerate(model.bands)}
    ready = ranks[model.sales_ready]
    return ranks.get(band_before, 0) < ready <= ranks.get(score.band, 0)


def open_one(contact: Contact, score: Score, statement: Statement, actions: Sequence[Event], now_us: int) -> HandOff:
    """The hand-off of a contact; `actions` are its newest events, in any order."""
    reasons = heaviest(statement)
    name = _name(contact)
    return HandOff(
        id=new_id(),
        contact_id=contact.id,
        model=score.model,
        version=score.version,
        band=score.band,
        state=State.OPEN,
        total_hundredths=score.total,
        grade=score.grade,
        summary=Summary(
            fit_hundredths=score.fit,
            engagement_hundredths=score.engagement,
            reasons=reasons,
            actions=_newest(actions),
            sentence=_sentence(score, reasons),
            opener=_opener(contact, reasons),
            email=contact.email,
            name=name,
        ),
        opened_at_us=now_us,
    )


def with_actions(hand_off: HandOff, actions: Sequence[Event]) -> HandOff:
    """The same hand-off telling of these events of its contact, given in any order."""
    summary = msgspec.structs.replace(hand_off.summary, actions=_newest(actions))
    return msgspec.structs.replace(hand_off, summary=summary)


def heaviest(statement: Statement) -> tuple[Reason, ...]:
    """The rules that give the most points on the global ledger, all their lines together, heaviest first."""
    sums: dict[str, int] = {}
    labels: dict[str, str] = {}
    for line in statement.lines:
        if line.level == GLOBAL:
            sums[line.rule] = sums.get(line.rule, 0) + line.points_hundredths
            labels[line.rule] = line.label
    best = sorted((rule for rule in sums if sums[rule] > 0), key=lambda rule: (-sums[rule], rule))
    return tuple(Reason(clip(labels[rule]), sums[rule]) for rule in best[:MOST_REASONS])


def apply_answer(hand_off: HandOff, answer: Answer, now_us: int) -> HandOff:
    """The hand-off after the answer; the same object when it was answered just so before.

    Raises MoveNotAllowed, ReasonMissing.
    """
    step = STEPS[answer.verb]
    if step.needs_reason and not (answer.reason and answer.reason.strip()):
        raise ReasonMissing(answer.verb)
    if hand_off.state is step.to and _is_repeat(hand_off, answer):
        return hand_off
    if hand_off.state not in step.from_states:
        raise MoveNotAllowed(f"found it {hand_off.state}, expected {' or '.join(step.from_states)} to {answer.verb}")
    return msgspec.structs.replace(
        hand_off,
        state=step.to,
        reason=answer.reason or hand_off.reason,
        amount_hundredths=answer.amount_hundredths,
        answered_at_us=hand_off.answered_at_us or now_us,
        closed_at_us=now_us if step.is_end else None,
    )


def clip(text: str, most_bytes: int = MOST_TEXT_BYTES) -> str:
    """The text, cut so that it takes at most `most_bytes` as JSON."""
    while len(msgspec.json.encode(text)) - 2 > most_bytes:
        text = text[: min(len(text) - 1, most_bytes)]
    return text


def points_text(hundredths: int) -> str:
    """Points with their sign and two decimals: `+12.50`."""
    sign = "-" if hundredths < 0 else "+"
    return f"{sign}{abs(hundredths) // 100}.{abs(hundredths) % 100:02}"


def _is_repeat(hand_off: HandOff, answer: Answer) -> bool:
    return hand_off.amount_hundredths == answer.amount_hundredths and hand_off.reason == (
        answer.reason or hand_off.reason
    )


def _newest(actions: Sequence[Event]) -> tuple[Action, ...]:
    newest = sorted(actions, key=lambda event: (event.at_us, event.id), reverse=True)[:MOST_ACTIONS]
    return tuple(_action(event) for event in newest)


def _action(event: Event) -> Action:
    url = f"{event.url_host or ''}{event.url_path or ''}"
    name = event.name or event.kind.replace("_", " ").capitalize()
    return Action(clip(name), event.at_us, clip(url) or None)


def _sentence(score: Score, reasons: Sequence[Reason]) -> str:
    told = ", ".join(f"{reason.label} ({points_text(reason.points_hundredths)})" for reason in reasons[:3])
    total = points_text(score.total).removeprefix("+")
    return f"Reached {total} points, grade {score.grade}" + (f": {told}." if told else ".")


def _opener(contact: Contact, reasons: Sequence[Reason]) -> str:
    first_name = contact.profile.get("first_name")
    greeting = f"Hello {clip(first_name, 60)}," if isinstance(first_name, str) and first_name else "Hello,"
    if not reasons:
        return f"{greeting} you have been looking at what we do. May I answer any question?"
    return f"{greeting} you have been looking at what we do ({reasons[0].label}). May I answer any question?"


def _name(contact: Contact) -> str | None:
    profile = contact.profile
    parts = [profile.get("first_name"), profile.get("last_name")]
    name = profile.get("name") or " ".join(part for part in parts if isinstance(part, str))
    return clip(name) if isinstance(name, str) and name else None
