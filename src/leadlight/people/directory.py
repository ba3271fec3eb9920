"""The directory: who is who among the people of one batch, and every change to them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from leadlight.people import changes, identity, merging
from leadlight.people.errors import UnknownAccount
from leadlight.people.model import Account, Claim, Contact, Resolution, Subject
from leadlight.people.recording import record_group, record_traits
from leadlight.people.state import State
from leadlight.people.view import primary_subject


class Directory(State):
    """Loaded people, changed in memory, in order; each change says what it changed. `store_directory` writes it all."""

    def resolve(self, claim: Claim, now_us: int) -> Resolution:
        """Whose event it is, after all that the event says about people. Raises NobodyNamed."""
        self.begin()
        subject = identity.identify(self, claim, now_us)
        if claim.is_group:
            record_group(self, subject, claim, now_us)
        elif claim.traits or claim.email:
            record_traits(self, subject, claim)
        self.see(subject.contact_id, claim.at_us)
        return self.finish(subject)

    def see(self, contact_id: UUID, at_us: int) -> None:
        """Something of the contact happened at that time."""
        contact = self.contacts[contact_id]
        if at_us > contact.last_event_us:
            contact.last_event_us = at_us
            self.dirty.seen.add(contact_id)

    def set_fields(self, contact_id: UUID, values: Mapping[str, Any], source: str, now_us: int) -> Resolution:
        """Set fields by hand; None clears. Raises InvalidDocument and EmailTaken, both before anything changes."""
        return self.finish(changes.set_fields(self, self._start(contact_id), values, source, now_us))

    def set_account_fields(self, account_id: UUID, values: Mapping[str, Any], source: str, now_us: int) -> None:
        """Set fields of an account by hand. Raises UnknownAccount, InvalidDocument."""
        self.begin()
        changes.set_account_fields(self, self.account(account_id), values, source, now_us)

    def set_account(self, contact_id: UUID, account_id: UUID, source: str, now_us: int) -> Resolution:
        """Put the contact into an account by hand. Raises UnknownAccount."""
        subject = self._start(contact_id)
        changes.set_account(self, subject, self.account(account_id).id, source, now_us)
        return self.finish(subject)

    def add_tag(self, contact_id: UUID, tag: str, source: str, now_us: int) -> Resolution:
        """Put a tag on the contact; nothing changes when it is there."""
        subject = self._start(contact_id)
        changes.set_tag(self, subject, tag, source, now_us, is_on=True)
        return self.finish(subject)

    def remove_tag(self, contact_id: UUID, tag: str, source: str, now_us: int) -> Resolution:
        """Take a tag off the contact, whichever subject brought it."""
        subject = self._start(contact_id)
        changes.set_tag(self, subject, tag, source, now_us, is_on=False)
        return self.finish(subject)

    def set_stage(self, contact_id: UUID, stage: str, source: str, now_us: int) -> Resolution:
        """Move the contact to a lifecycle stage, "" for none."""
        subject = self._start(contact_id)
        changes.set_stage(self, subject, stage, source, now_us)
        return self.finish(subject)

    def merge(self, into: UUID, other: UUID, reason: str, now_us: int) -> Resolution:
        """Show everything of `other` under `into`. Raises UnknownContact, SamePerson."""
        self.begin()
        survivor = merging.merge(self, into, other, reason, now_us)
        return self.finish(primary_subject(self.members[survivor]))

    def unmerge(self, merged: UUID, now_us: int, *, by_hand: bool | None = None) -> Resolution:
        """Undo the merge of the contact `merged` into another; tells of `merged`. Raises UnknownMerge."""
        self.begin()
        merging.unmerge(self, merged, now_us, by_hand=by_hand)
        return self.finish(primary_subject(self.members[self.contact(merged).id]))

    @property
    def contact_ids(self) -> set[UUID]:
        """Ids of the contacts that show anybody."""
        return {contact_id for contact_id, members in self.members.items() if members}

    @property
    def subject_ids(self) -> list[UUID]:
        """Ids of all subjects held."""
        return list(self.subjects)

    def find_contact(self, contact_id: UUID) -> Contact | None:
        """The contact of that very id, merged away or not."""
        return self.contacts.get(contact_id)

    def subjects_of(self, contact_id: UUID) -> list[Subject]:
        """The subjects a contact shows; none when it was merged away."""
        return self.members.get(contact_id, [])

    def account(self, account_id: UUID) -> Account:
        """Raises UnknownAccount."""
        account = self.accounts.get(account_id)
        if account is None:
            raise UnknownAccount(f"found no account {account_id}")
        return account

    def _start(self, contact_id: UUID) -> Subject:
        self.begin()
        return primary_subject(self.members[self.contact(contact_id).id])
