"""The people a batch works on, held in memory, with everything about them that has to be stored."""

from collections.abc import Callable
from uuid import UUID

import msgspec

from leadlight.kit.ids import new_id
from leadlight.people.errors import UnknownContact
from leadlight.people.fields import BUILT_IN, Fields
from leadlight.people.model import (
    Account,
    AttributeChange,
    Contact,
    Identifier,
    Merge,
    Move,
    Resolution,
    Subject,
    SubjectKind,
)
from leadlight.people.view import is_same, view_of

Undone = tuple[UUID, UUID, bool, int]
"""A merge undone: from contact, into contact, whether by hand, when."""


class Dirty(msgspec.Struct):
    """What has to be written: new rows, changed rows, history; `seen` are contacts that were active later than before."""

    contacts: set[UUID] = set()
    seen: set[UUID] = set()
    subjects: set[UUID] = set()
    accounts: set[UUID] = set()
    bound: dict[Identifier, UUID] = {}
    rebound: dict[Identifier, UUID] = {}
    account_bound: dict[Identifier, UUID] = {}
    history: list[AttributeChange] = []
    merges: list[Merge] = []
    undone: list[Undone] = []


class Step(msgspec.Struct):
    """What one claim or change has done so far."""

    created: bool = False
    moved: list[Move] = []
    touched: set[UUID] = set()
    account_changed: UUID | None = None
    conflict: str | None = None
    duplicate_of: UUID | None = None
    problems: list[str] = []


class State:
    """Subjects, contacts, accounts and identifiers by id; `members` maps a contact to the subjects it shows.

    `shells` maps a contact to those merged into it, which show nothing themselves.
    """

    def __init__(self, fields: Fields = BUILT_IN, make_id: Callable[[], UUID] = new_id) -> None:
        self.fields = fields
        self.make_id = make_id
        self.subjects: dict[UUID, Subject] = {}
        self.contacts: dict[UUID, Contact] = {}
        self.accounts: dict[UUID, Account] = {}
        self.identifiers: dict[Identifier, UUID] = {}
        self.account_identifiers: dict[Identifier, UUID] = {}
        self.members: dict[UUID, list[Subject]] = {}
        self.shells: dict[UUID, set[UUID]] = {}
        self.names: dict[UUID, set[Identifier]] = {}
        self.merges: list[Merge] = []
        self.dirty = Dirty()
        self.step = Step()

    def hold_contact(self, contact: Contact) -> None:
        """Take in a contact, loaded or new."""
        self.contacts[contact.id] = contact
        if contact.merged_into is None:
            self.members.setdefault(contact.id, [])
        else:
            self.shells.setdefault(contact.merged_into, set()).add(contact.id)

    def hold_subject(self, subject: Subject) -> None:
        """Take in a subject, loaded or new; its contact is held before."""
        self.subjects[subject.id] = subject
        self.members[subject.contact_id].append(subject)

    def hold_identifier(self, identifier: Identifier, subject_id: UUID) -> None:
        """Take in an identifier that is stored already."""
        self.identifiers[identifier] = subject_id
        self.names.setdefault(subject_id, set()).add(identifier)

    def contact(self, contact_id: UUID) -> Contact:
        """The contact shown for an id: the survivor when it was merged away. Raises UnknownContact."""
        contact = self.contacts.get(contact_id)
        if contact is None:
            raise UnknownContact(f"found no contact {contact_id}")
        return contact if contact.merged_into is None else self.contacts[contact.merged_into]

    def new_contact(self, now_us: int) -> Contact:
        contact = Contact(self.make_id(), created_us=now_us, last_event_us=now_us)
        self.hold_contact(contact)
        self.dirty.contacts.add(contact.id)
        self.step.created = True
        self.step.touched.add(contact.id)
        return contact

    def new_subject(self, home_contact_id: UUID, kind: SubjectKind) -> Subject:
        shown = self.contact(home_contact_id)
        subject = Subject(self.make_id(), shown.id, home_contact_id, kind)
        self.hold_subject(subject)
        self.dirty.subjects.add(subject.id)
        self.step.touched.add(shown.id)
        return subject

    def bind(self, identifier: Identifier, subject: Subject) -> None:
        """From now on the identifier means this subject."""
        before = self.identifiers.get(identifier)
        if before == subject.id:
            return
        if before is None or identifier in self.dirty.bound:
            self.dirty.bound[identifier] = subject.id
        else:
            self.dirty.rebound[identifier] = subject.id
        if before is not None:
            self.names[before].discard(identifier)
        self.hold_identifier(identifier, subject.id)

    def rule_root(self, contact_id: UUID) -> UUID:
        """The contact by the identity rules alone, as if nothing had been merged by hand."""
        contact = self.contacts[contact_id]
        while contact.rule_parent is not None:
            contact = self.contacts[contact.rule_parent]
        return contact.id

    def subjects_by_rule(self, root: UUID) -> list[Subject]:
        """The subjects the identity rules alone give a contact."""
        shown = self.contact(root).id
        return [subject for subject in self.members[shown] if self.rule_root(subject.home_contact_id) == root]

    def survivor(self, contact_id: UUID) -> UUID:
        """Where a contact's subjects are shown: hand before rule, step by step.

        A circle is possible (merged by hand one way, joined by the rules the other way): the rule then gives way.
        """
        path = [contact_id]
        while (parent := self._parent(path[-1])) is not None:
            if parent in path:
                circle = path[path.index(parent) :]
                return min(each for each in circle if self.contacts[each].hand_parent is None)
            path.append(parent)
        return path[-1]

    def _parent(self, contact_id: UUID) -> UUID | None:
        contact = self.contacts[contact_id]
        return contact.hand_parent or contact.rule_parent

    def settle(self, *shown: UUID) -> None:
        """After a merge or its undoing: show the subjects of these contacts where they belong now."""
        group = {each for root in shown for each in (root, *self.shells.get(root, ()))}
        subjects = [subject for root in shown for subject in self.members.pop(root, ())]
        for root in shown:
            self.shells.pop(root, None)
        for contact_id in sorted(group):
            self._place_contact(contact_id)
        for subject in subjects:
            self._place_subject(subject)
        self.step.touched |= {each for each in group if self.contacts[each].merged_into is None}

    def _place_contact(self, contact_id: UUID) -> None:
        contact, survivor = self.contacts[contact_id], self.survivor(contact_id)
        merged_into = None if survivor == contact_id else survivor
        if contact.merged_into != merged_into:
            contact.merged_into = merged_into
            self.dirty.contacts.add(contact_id)
            self.step.touched.add(contact_id)
        self.hold_contact(contact)

    def _place_subject(self, subject: Subject) -> None:
        shown = self.contact(subject.home_contact_id).id
        if shown != subject.contact_id:
            self.step.moved.append(Move(subject.id, subject.contact_id, shown))
            self.step.touched.add(shown)
            subject.contact_id = shown
            self.dirty.subjects.add(subject.id)
        self.members[shown].append(subject)

    def begin(self) -> None:
        """A new claim or change starts."""
        self.step = Step()

    def finish(self, subject: Subject) -> Resolution:
        """Bring the views of all touched contacts up to date and say what changed."""
        step = self.step
        if not step.touched and step.account_changed is None and not step.problems and step.conflict is None:
            return Resolution(subject.id, subject.contact_id)
        changes = [self._refresh(contact_id) for contact_id in step.touched]
        return Resolution(
            subject_id=subject.id,
            contact_id=subject.contact_id,
            created=step.created,
            moved=tuple(step.moved),
            touched=tuple(sorted(each for each in step.touched if self.contacts[each].merged_into is None)),
            profile_changed=any(profile for profile, _, _ in changes),
            tags_changed=any(tags for _, tags, _ in changes),
            stage_changed=any(stage for _, _, stage in changes),
            account_changed=step.account_changed,
            conflict=step.conflict,
            duplicate_of=step.duplicate_of,
            problems=tuple(step.problems),
        )

    def _refresh(self, contact_id: UUID) -> tuple[bool, bool, bool]:
        """Whether the contact's profile (account and being known included), its tags, its stages changed."""
        contact = self.contacts[contact_id]
        view = view_of(self.members.get(contact_id, ()), self.rule_root)
        profile = not is_same(contact.profile, view.profile) or (contact.account_id, contact.is_known) != (
            view.account_id,
            view.is_known,
        )
        tags, stages = contact.tags != view.tags, contact.stages != view.stages
        contact.stages = view.stages
        if profile or tags or contact.stage != view.stage:
            contact.profile, contact.tags, contact.stage = view.profile, view.tags, view.stage
            contact.account_id, contact.is_known, contact.email = view.account_id, view.is_known, view.email
            self.dirty.contacts.add(contact_id)
        return profile, tags, stages
