"""Values said about a person or a company, kept on the subject or account they came by."""

from collections.abc import Iterable
from typing import Any

from leadlight.people.accounts import domain_account, group_account, refresh_account
from leadlight.people.coercion import Refused, coerce
from leadlight.people.fields import ACCOUNT, CONTACT
from leadlight.people.model import (
    CONSENT,
    DOMAIN_ACCOUNT,
    GROUP_ACCOUNT,
    INVALID,
    Account,
    Attribute,
    AttributeChange,
    Claim,
    Subject,
)
from leadlight.people.state import State
from leadlight.people.traits import account_fields, contact_fields
from leadlight.people.view import GRANTED, WITHDRAWN, is_newer, is_same

MAX_SHOWN_CHARS = 200
_CONSENT_WORDS = {True: GRANTED, False: WITHDRAWN, GRANTED: GRANTED, WITHDRAWN: WITHDRAWN}


def record_traits(state: State, subject: Subject, claim: Claim) -> None:
    """Keep what an identify says about the person, each value with source and time."""
    said = dict(contact_fields(claim.traits))
    if claim.email:
        said["email"] = claim.email
    record_fields(state, subject, said.items(), claim.source, claim.at_us)


def record_fields(state: State, subject: Subject, said: Iterable[tuple[str, Any]], source: str, at_us: int) -> None:
    """Keep fields of a contact; a value that does not fit its field is kept apart as a problem."""
    for field, value in said:
        kept = coerce_field(state, field, value)
        if isinstance(kept, Refused):
            state.step.problems.append(field)
            shown = {"found": str(value)[:MAX_SHOWN_CHARS], "expected": kept.expected}
            keep(state, subject, INVALID + field, Attribute(shown, source, at_us))
        elif keep(state, subject, field, Attribute(kept, source, at_us)) and field == "email" and kept:
            _belong_to_domain(state, subject, kept, source, at_us)


def coerce_field(state: State, field: str, value: Any) -> Any:
    """The value as the contact's field keeps it, or Refused."""
    if field.startswith(CONSENT) and value is not None:
        is_word = isinstance(value, bool | str)
        return (
            _CONSENT_WORDS.get(value, Refused("granted or withdrawn")) if is_word else Refused("granted or withdrawn")
        )
    return coerce(state.fields.get(f"{CONTACT}.{field}"), value)


def record_group(state: State, subject: Subject, claim: Claim, now_us: int) -> None:
    """The person belongs to the group's account, and its traits are the account's."""
    account = group_account(state, claim, now_us)
    keep(state, subject, GROUP_ACCOUNT, Attribute(str(account.id), claim.source, claim.at_us))
    record_account_fields(state, account, account_fields(claim.traits), claim.source, claim.at_us)


def record_account_fields(
    state: State, account: Account, said: Iterable[tuple[str, Any]], source: str, at_us: int
) -> None:
    """Keep fields of an account; values that do not fit their field are kept apart as problems."""
    for field, value in said:
        kept = coerce(state.fields.get(f"{ACCOUNT}.{field}"), value)
        if isinstance(kept, Refused):
            state.step.problems.append(f"{ACCOUNT}.{field}")
            shown = {"found": str(value)[:MAX_SHOWN_CHARS], "expected": kept.expected}
            account.attributes[INVALID + field] = Attribute(shown, source, at_us)
        else:
            _keep_of_account(state, account, field, Attribute(kept, source, at_us))
    refresh_account(state, account)


def keep(state: State, subject: Subject, field: str, said: Attribute) -> bool:
    """Keep a value on the subject unless a newer one is there; returns whether it was kept."""
    held = subject.attributes.get(field)
    is_kept = held is None or is_newer(said, held)
    if not field.startswith(INVALID) and (held is None or not is_same(held.value, said.value)):
        state.dirty.history.append(AttributeChange(subject.id, None, field, said.value, said.source, said.at_us))
    if is_kept:
        subject.attributes[field] = said
        state.dirty.subjects.add(subject.id)
        state.step.touched.add(subject.contact_id)
    return is_kept


def _keep_of_account(state: State, account: Account, field: str, said: Attribute) -> None:
    held = account.attributes.get(field)
    if held is None or not is_same(held.value, said.value):
        state.dirty.history.append(AttributeChange(None, account.id, field, said.value, said.source, said.at_us))
    if held is None or is_newer(said, held):
        account.attributes[field] = said
        state.dirty.accounts.add(account.id)


def _belong_to_domain(state: State, subject: Subject, email: str, source: str, at_us: int) -> None:
    account = domain_account(state, email, at_us)
    if account:
        keep(state, subject, DOMAIN_ACCOUNT, Attribute(str(account.id), source, at_us))
