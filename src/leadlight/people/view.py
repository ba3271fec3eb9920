"""What a contact shows: the newest of what its subjects recorded."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

import msgspec

from leadlight.people.model import (
    CONSENT,
    DOMAIN_ACCOUNT,
    GROUP_ACCOUNT,
    INVALID,
    MARK,
    Attribute,
    StageChange,
    Subject,
    SubjectKind,
)

GRANTED = "granted"
WITHDRAWN = "withdrawn"

_encode = msgspec.json.Encoder(order="deterministic").encode


class View(msgspec.Struct, frozen=True):
    """Everything about a contact that follows from its subjects."""

    profile: dict[str, Any]
    tags: frozenset[str]
    stages: tuple[StageChange, ...]
    stage: str | None
    account_id: UUID | None
    email: str | None
    is_known: bool


def view_of(subjects: Sequence[Subject], rule_root: Callable[[UUID], UUID]) -> View:
    """The view of a contact that shows these subjects; `rule_root` tells who is one person by the identity rules."""
    attributes = newest(subject.attributes for subject in subjects)
    profile = {field: held.value for field, held in attributes.items() if held.value is not None and field[0] != MARK}
    if len(subjects) > 1 and any(field.startswith(CONSENT) for field in attributes):
        profile |= _strictest_consent(subjects, rule_root)
    stages = tuple(sorted(change for subject in subjects for change in subject.stages))
    return View(
        profile=profile,
        tags=tags_of(subjects),
        stages=stages,
        stage=stages[-1].stage or None if stages else None,
        account_id=_account_of(attributes),
        email=profile.get("email"),
        is_known=any(subject.kind is SubjectKind.KNOWN for subject in subjects),
    )


def _account_of(attributes: dict[str, Attribute]) -> UUID | None:
    """The account of the newest group, else that of the domain of the e-mail shown."""
    if group := attributes.get(GROUP_ACCOUNT):
        return UUID(group.value)
    email, domain = attributes.get("email"), attributes.get(DOMAIN_ACCOUNT)
    if email is None or email.value is None or domain is None or domain.at_us != email.at_us:
        return None
    return UUID(domain.value)


def newest(held: Iterable[dict[str, Attribute]]) -> dict[str, Attribute]:
    """Field -> the newest confirmed of all, whatever their order."""
    best: dict[str, Attribute] = {}
    for attributes in held:
        if not best:
            best = dict(attributes)
            continue
        for field, attribute in attributes.items():
            other = best.get(field)
            if other is None or is_newer(attribute, other):
                best[field] = attribute
    return best


def is_newer(one: Attribute, other: Attribute) -> bool:
    """Whether `one` wins over `other`: the later; of equal times the one whose value, then source, sorts last."""
    if one.at_us != other.at_us:
        return one.at_us > other.at_us
    return (_encode(one.value), one.source) > (_encode(other.value), other.source)


def is_same(one: Any, other: Any) -> bool:
    """Equal as JSON: 1, 1.0 and true differ, the order of keys does not matter."""
    return one is other or (one == other and _encode(one) == _encode(other))


def tags_of(subjects: Iterable[Subject]) -> frozenset[str]:
    """Tags whose newest record says that they are there."""
    tags = newest(subject.tags for subject in subjects)
    return frozenset(tag for tag, held in tags.items() if held.value)


def problems_of(subjects: Iterable[Subject]) -> dict[str, Attribute]:
    """Field -> the value that was refused, unless a good one came later."""
    attributes = newest(subject.attributes for subject in subjects)
    refused = {field.removeprefix(INVALID): held for field, held in attributes.items() if field.startswith(INVALID)}
    return {
        field: held
        for field, held in refused.items()
        if held.value is not None and not (field in attributes and attributes[field].at_us >= held.at_us)
    }


def primary_subject(subjects: Iterable[Subject]) -> Subject:
    """The subject that changes made by hand are recorded on: known before anonymous, the contact's own before those
    merged into it, oldest first.
    """
    return min(
        subjects,
        key=lambda each: (each.kind is not SubjectKind.KNOWN, each.home_contact_id != each.contact_id, each.id),
    )


def display_name(profile: dict[str, Any]) -> str | None:
    """The name as given, or first and last name together."""
    if name := profile.get("name"):
        return str(name)
    parts = [str(part) for key in ("first_name", "last_name") if (part := profile.get(key))]
    return " ".join(parts) or None


def _strictest_consent(subjects: Sequence[Subject], rule_root: Callable[[UUID], UUID]) -> dict[str, str]:
    """Consent fields of a contact merged by hand: each part keeps its newest word, and a withdrawal in any part wins."""
    parts: dict[UUID, list[Subject]] = {}
    for subject in subjects:
        parts.setdefault(rule_root(subject.home_contact_id), []).append(subject)
    strictest: dict[str, str] = {}
    for part in parts.values():
        for field, held in newest(subject.attributes for subject in part).items():
            if field.startswith(CONSENT) and held.value is not None and strictest.get(field) != WITHDRAWN:
                strictest[field] = held.value
    return strictest
