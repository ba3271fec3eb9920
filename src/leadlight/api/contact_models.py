"""Contacts as the API shows and takes them."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, StringConstraints, model_validator

from leadlight import pipeline
from leadlight.kit.days import date_of, from_us
from leadlight.people import Attribute, Person, StageChange, display_name
from leadlight.pipeline import Listed


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("control characters and lone surrogates are not accepted")
    return text


Word = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), AfterValidator(_printable)
]
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255), AfterValidator(_printable)
]
Fields = dict[Word, JsonValue]


class ScoreSummary(BaseModel):
    """A score without its lines."""

    version: int
    as_of: str
    total: float
    fit: float
    engagement: float
    band: str
    grade: str


class AccountRef(BaseModel):
    """The company a contact belongs to."""

    id: UUID
    name: str | None


class ContactItem(BaseModel):
    """A contact in a list, with its score under each published model that has one."""

    id: UUID
    name: str | None
    email: str | None
    known: bool
    tags: list[str]
    stage: str | None
    account: AccountRef | None
    scores: dict[str, ScoreSummary]
    created_at: datetime
    last_seen_at: datetime


class ContactList(BaseModel):
    """A page of contacts; `next` is the cursor of the page after."""

    items: list[ContactItem]
    next: str | None


class FieldValue(BaseModel):
    """A value with where it came from and when it was last confirmed."""

    value: JsonValue
    source: str
    at: datetime


class FieldProblem(BaseModel):
    """A value that was refused because it does not fit the field."""

    found: str
    expected: str
    source: str
    at: datetime


class Identifier(BaseModel):
    """What a subject is recognised by."""

    kind: Literal["anonymous_id", "user_id", "email"]
    value: str


class SubjectPart(BaseModel):
    """One browser or one known identity the contact consists of; `home_contact_id` is the contact it came from."""

    id: UUID
    kind: Literal["anonymous", "known"]
    home_contact_id: UUID
    identifiers: list[Identifier]


class StageEntry(BaseModel):
    """From `at` on the contact was in `stage`; null is no stage."""

    stage: str | None
    source: str
    at: datetime


class MergeEntry(BaseModel):
    """A merge this contact took part in, or its undoing."""

    id: UUID
    into_contact_id: UUID
    from_contact_id: UUID
    reason: str
    by_hand: bool
    at: datetime
    undone_at: datetime | None


class Contact(BaseModel):
    """All that is known of one person. `merged_ids` are contacts that are shown as this one now."""

    id: UUID
    name: str | None
    email: str | None
    known: bool
    profile: dict[str, FieldValue]
    problems: dict[str, FieldProblem]
    tags: list[str]
    stage: str | None
    stages: list[StageEntry]
    account: AccountRef | None
    identifiers: list[Identifier]
    subjects: list[SubjectPart]
    merged_ids: list[UUID]
    merges: list[MergeEntry]
    created_at: datetime
    last_seen_at: datetime


class CreatedContact(BaseModel):
    """The contact, and whether it is new."""

    created: bool
    contact: Contact


class NewContact(BaseModel):
    """A contact by its e-mail address or user id; when there is one already, the rest is applied to it."""

    model_config = ConfigDict(extra="forbid")

    email: str | None = Field(None, max_length=320)
    user_id: Name | None = None
    fields: Fields = {}
    tags: list[Word] = Field([], max_length=100)
    stage: Word | None = None

    @model_validator(mode="after")
    def _names_somebody(self) -> "NewContact":
        if self.email is None and self.user_id is None:
            raise ValueError("give an email or a user_id")
        return self


class TagChanges(BaseModel):
    """Tags to put on and to take off."""

    model_config = ConfigDict(extra="forbid")

    add: list[Word] = Field([], max_length=100)
    remove: list[Word] = Field([], max_length=100)


class ContactChanges(BaseModel):
    """What to change; a field set to null is cleared, a stage of "" is none."""

    model_config = ConfigDict(extra="forbid")

    fields: Fields = {}
    tags: TagChanges = Field(default_factory=lambda: TagChanges.model_validate({}))
    stage: (
        Annotated[str, StringConstraints(strip_whitespace=True, max_length=100), AfterValidator(_printable)] | None
    ) = None


class MergeWish(BaseModel):
    """The contact to merge into the one of the path."""

    model_config = ConfigDict(extra="forbid")

    contact_id: UUID


class UnmergeWish(BaseModel):
    """What to take out again: the merged contact, or one merge of the contact's `merges`."""

    model_config = ConfigDict(extra="forbid")

    contact_id: UUID | None = None
    merge_id: UUID | None = None

    @model_validator(mode="after")
    def _names_one(self) -> "UnmergeWish":
        if (self.contact_id is None) == (self.merge_id is None):
            raise ValueError("give either contact_id or merge_id")
        return self


def show_item(listed: Listed) -> ContactItem:
    """A row of a list."""
    return ContactItem(
        id=listed.id,
        name=listed.name,
        email=listed.email,
        known=listed.is_known,
        tags=list(listed.tags),
        stage=listed.stage,
        account=AccountRef(id=listed.account_id, name=listed.account_name) if listed.account_id else None,
        scores={key: show_score(score) for key, score in listed.scores.items()},
        created_at=listed.created_at,
        last_seen_at=listed.last_event_at,
    )


def show_score(score: pipeline.ScoreSummary) -> ScoreSummary:
    """A stored score with points as decimals."""
    return ScoreSummary(
        version=score.version,
        as_of=date_of(score.as_of_day).isoformat(),
        total=score.total / 100,
        fit=score.fit / 100,
        engagement=score.engagement / 100,
        band=score.band,
        grade=score.grade,
    )


def show_contact(person: Person) -> Contact:
    """Everything about one person."""
    contact, account = person.contact, person.account
    subjects = [_show_subject(person, subject.id) for subject in person.subjects]
    return Contact(
        id=contact.id,
        name=display_name(contact.profile),
        email=contact.email,
        known=contact.is_known,
        profile={field: show_value(held) for field, held in person.attributes.items()},
        problems={field: show_problem(held) for field, held in person.problems.items()},
        tags=sorted(contact.tags),
        stage=contact.stage,
        stages=[_show_stage(change) for change in contact.stages],
        account=AccountRef(id=account.id, name=account.name or account.domain) if account else None,
        identifiers=[name for subject in subjects for name in subject.identifiers],
        subjects=subjects,
        merged_ids=person.merged_ids,
        merges=[_show_merge(merge) for merge in person.merges],
        created_at=from_us(contact.created_us),
        last_seen_at=from_us(contact.last_event_us),
    )


def show_value(held: Attribute) -> FieldValue:
    """A field with source and time."""
    return FieldValue(value=held.value, source=held.source, at=from_us(held.at_us))


def show_problem(held: Attribute) -> FieldProblem:
    """A refused value with source and time."""
    return FieldProblem(**held.value, source=held.source, at=from_us(held.at_us))


def _show_subject(person: Person, subject_id: UUID) -> SubjectPart:
    subject = next(each for each in person.subjects if each.id == subject_id)
    names = [
        Identifier.model_validate({"kind": kind, "value": value}) for kind, value in person.identifiers[subject_id]
    ]
    return SubjectPart(
        id=subject.id, kind=subject.kind.value, home_contact_id=subject.home_contact_id, identifiers=names
    )


def _show_stage(change: StageChange) -> StageEntry:
    return StageEntry(stage=change.stage or None, source=change.source, at=from_us(change.at_us))


def _show_merge(merge: Any) -> MergeEntry:
    return MergeEntry(
        id=merge.id,
        into_contact_id=merge.into_contact,
        from_contact_id=merge.from_contact,
        reason=merge.reason,
        by_hand=merge.by_hand,
        at=from_us(merge.at_us),
        undone_at=None if merge.undone_at_us is None else from_us(merge.undone_at_us),
    )
