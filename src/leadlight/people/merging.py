"""Contacts joined and taken apart again: edges between contacts, from which it follows where each subject is shown."""

from uuid import UUID

from leadlight.people.errors import SamePerson, UnknownMerge
from leadlight.people.model import Merge
from leadlight.people.state import State


def join(state: State, into: UUID, other: UUID, reason: str, now_us: int) -> None:
    """The identity rules say that `other` is the same person as `into`; both are roots by the rules."""
    contact = state.contacts[other]
    contact.rule_parent = into
    contact.apart_from -= {into}
    _connect(state, into, other, reason, now_us, by_hand=False)


def merge(state: State, into: UUID, other: UUID, reason: str, now_us: int) -> UUID:
    """Show everything of `other` under `into`, because a person said so; returns the survivor. Raises SamePerson."""
    target, source = state.contact(into), state.contact(other)
    if target.id == source.id:
        raise SamePerson(f"{other} is shown as {target.id} already")
    source.hand_parent = target.id
    _connect(state, target.id, source.id, reason, now_us, by_hand=True)
    return target.id


def unmerge(state: State, merged: UUID, now_us: int, *, by_hand: bool | None = None) -> None:
    """Undo the merge of a contact into another: the one by hand if there is one, else the join by the rules.

    `by_hand` asks for one of the two. What the rules joined and a person took apart is not joined again by itself.
    Raises UnknownMerge.
    """
    contact = state.contacts.get(merged)
    if contact is None:
        raise UnknownMerge(f"found no contact {merged}")
    hand = contact.hand_parent is not None if by_hand is None else by_hand
    parent = contact.hand_parent if hand else contact.rule_parent
    if parent is None:
        raise UnknownMerge(f"contact {merged} is not merged into another")
    if hand:
        contact.hand_parent = None
    else:
        contact.rule_parent = None
        contact.apart_from |= {parent}
    state.dirty.contacts.add(merged)
    _mark_undone(state, merged, parent, now_us, by_hand=hand)
    state.settle(state.contact(merged).id)


def _connect(state: State, into: UUID, other: UUID, reason: str, now_us: int, *, by_hand: bool) -> None:
    moved_before = len(state.step.moved)
    state.dirty.contacts.add(other)
    state.settle(*{state.contact(into).id, state.contact(other).id})
    moved = tuple(move.subject_id for move in state.step.moved[moved_before:])
    merged = Merge(state.make_id(), into, other, moved, reason, by_hand, now_us)
    state.merges.append(merged)
    state.dirty.merges.append(merged)


def _mark_undone(state: State, other: UUID, into: UUID, now_us: int, *, by_hand: bool) -> None:
    for held in reversed(state.merges):
        is_it = (held.from_contact, held.into_contact, held.by_hand) == (other, into, by_hand)
        if is_it and held.undone_at_us is None:
            held.undone_at_us = now_us
            break
    state.dirty.undone.append((other, into, by_hand, now_us))
