"""Changes made by hand or through the API, recorded on one subject of the contact."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from leadlight.kit.errors import InvalidDocument, Problem
from leadlight.people.codec import is_storable
from leadlight.people.coercion import Refused, coerce
from leadlight.people.errors import EmailTaken
from leadlight.people.fields import ACCOUNT
from leadlight.people.model import (
    CONSENT,
    GROUP_ACCOUNT,
    Account,
    Attribute,
    StageChange,
    Subject,
    SubjectKind,
)
from leadlight.people.recording import coerce_field, keep, record_account_fields, record_fields
from leadlight.people.state import State
from leadlight.people.traits import is_usable
from leadlight.people.view import newest, primary_subject, tags_of

EMAIL = "email"


def set_fields(state: State, subject: Subject, values: Mapping[str, Any], source: str, now_us: int) -> Subject:
    """Set fields of a contact; returns the subject they were recorded on.

    A consent is set on every person merged into the contact by hand: else the strictest of them would win.
    """
    kept = _checked({field: (value, coerce_field(state, field, value)) for field, value in values.items()})
    if email := kept.get(EMAIL):
        subject = _own_email(state, subject, email)
    for field, value in kept.items():
        at_us = _after(state, subject, field, now_us)
        for each in _persons(state, subject) if field.startswith(CONSENT) else (subject,):
            record_fields(state, each, [(field, value)], source, at_us)
    return subject


def set_account_fields(state: State, account: Account, values: Mapping[str, Any], source: str, now_us: int) -> None:
    """Set fields of an account."""
    said = {field: (value, coerce(state.fields.get(f"{ACCOUNT}.{field}"), value)) for field, value in values.items()}
    for field, value in _checked(said).items():
        held = account.attributes.get(field)
        at_us = max(now_us, held.at_us + 1) if held else now_us
        record_account_fields(state, account, [(field, value)], source, at_us)


def set_account(state: State, subject: Subject, account_id: UUID, source: str, now_us: int) -> None:
    """Put the contact into an account, whatever group or e-mail domain says so far."""
    at_us = _after(state, subject, GROUP_ACCOUNT, now_us)
    keep(state, subject, GROUP_ACCOUNT, Attribute(str(account_id), source, at_us))


def set_tag(state: State, subject: Subject, tag: str, source: str, now_us: int, *, is_on: bool) -> None:
    """Put a tag on or take it off; a tag taken off stays as a record that it is off."""
    members = state.members[subject.contact_id]
    if (tag in tags_of(members)) == is_on:
        return
    held = newest(each.tags for each in members).get(tag)
    subject.tags[tag] = Attribute(is_on, source, max(now_us, held.at_us + 1) if held else now_us)
    _changed(state, subject)


def set_stage(state: State, subject: Subject, stage: str, source: str, now_us: int) -> None:
    """Enter a stage, "" for none, after everything that has happened so far; nothing changes when the contact is in it."""
    contact = state.contact(subject.contact_id)
    stages = contact.stages
    if (stages[-1].stage if stages else "") == stage:
        return
    last_us = max(contact.last_event_us, stages[-1].at_us if stages else 0)
    at_us = max(now_us, last_us + 1)
    subject.stages.append(StageChange(at_us, stage, source))
    _changed(state, subject)


def _checked(values: Mapping[str, tuple[Any, Any]]) -> dict[str, Any]:
    """Field -> value to keep, of field -> (found, kept or Refused). Raises InvalidDocument with all that do not fit."""
    problems = [
        Problem(
            f"fields.{field}",
            repr(found)[:80],
            kept.expected if isinstance(kept, Refused) else "a JSON value of at most 32 KB",
        )
        for field, (found, kept) in values.items()
        if isinstance(kept, Refused) or not is_storable(kept)
    ]
    names = [Problem("fields", repr(field)[:80], "a field name") for field in values if not is_usable(field)]
    if problems or names:
        raise InvalidDocument([*problems, *names])
    return {field: kept for field, (_, kept) in values.items()}


def _own_email(state: State, subject: Subject, email: str) -> Subject:
    """Make the address one of the contact's; a visitor becomes known by it. Raises EmailTaken."""
    owner = state.subjects.get(state.identifiers.get((EMAIL, email), subject.id), subject)
    if owner.contact_id != subject.contact_id:
        raise EmailTaken(f"{email} belongs to contact {owner.contact_id}")
    if subject.kind is SubjectKind.ANONYMOUS:
        subject = state.new_subject(subject.contact_id, SubjectKind.KNOWN)
    if (EMAIL, email) not in state.identifiers:
        state.bind((EMAIL, email), subject)
    return subject


def _persons(state: State, subject: Subject) -> list[Subject]:
    """The primary subject of each person (by the rules) the contact shows."""
    parts: dict[UUID, list[Subject]] = {}
    for each in state.members[subject.contact_id]:
        parts.setdefault(state.rule_root(each.home_contact_id), []).append(each)
    return [primary_subject(part) for part in parts.values()]


def _after(state: State, subject: Subject, field: str, now_us: int) -> int:
    """Now, or just after the newest word about the field: what is said by hand wins."""
    held = newest(each.attributes for each in state.members[subject.contact_id]).get(field)
    return max(now_us, held.at_us + 1) if held else now_us


def _changed(state: State, subject: Subject) -> None:
    state.dirty.subjects.add(subject.id)
    state.step.touched.add(subject.contact_id)
