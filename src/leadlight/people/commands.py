"""Changes made by hand or through the API, as values: what is to be changed, and how to apply it to a directory."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from leadlight.kit.db import Connection
from leadlight.people.directory import Directory
from leadlight.people.emails import normalise_email
from leadlight.people.errors import UserIdTaken
from leadlight.people.fields import BUILT_IN, Fields
from leadlight.people.load import load_directory
from leadlight.people.model import Claim, Resolution


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """A change of one contact, made by `source`.

    `kind` and `properties` are those of the event it leaves.
    """

    source: str = "api"

    @property
    def kind(self) -> str:
        """Kind of the event it leaves when it changed anything."""
        raise NotImplementedError

    @property
    def properties(self) -> dict[str, Any]:
        """Properties of that event."""
        return {}

    def contact_ids(self) -> tuple[UUID, ...]:
        """Contacts to load."""
        return ()

    def claims(self, now_us: int) -> tuple[Claim, ...]:
        """Identifiers to load, as claims."""
        del now_us
        return ()

    def apply(self, directory: Directory, now_us: int) -> Resolution:
        """Change the directory; raises what the change may raise."""
        raise NotImplementedError


class SetFields(Command, frozen=True, kw_only=True):
    """Set fields; None clears one."""

    contact_id: UUID
    fields: dict[str, Any]

    @property
    def kind(self) -> str:
        return "profile_changed"

    @property
    def properties(self) -> dict[str, Any]:
        return {"fields": sorted(self.fields)}

    def contact_ids(self) -> tuple[UUID, ...]:
        return (self.contact_id,)

    def claims(self, now_us: int) -> tuple[Claim, ...]:
        email = normalise_email(self.fields.get("email"))
        return (Claim(self.source, now_us, email=email),) if email else ()

    def apply(self, directory: Directory, now_us: int) -> Resolution:
        return directory.set_fields(self.contact_id, self.fields, self.source, now_us)


class AddTag(Command, frozen=True, kw_only=True):
    """Put a tag on."""

    contact_id: UUID
    tag: str

    @property
    def kind(self) -> str:
        return "tag_added"

    @property
    def properties(self) -> dict[str, Any]:
        return {"tag": self.tag}

    def contact_ids(self) -> tuple[UUID, ...]:
        return (self.contact_id,)

    def apply(self, directory: Directory, now_us: int) -> Resolution:
        return directory.add_tag(self.contact_id, self.tag, self.source, now_us)


class RemoveTag(Command, frozen=True, kw_only=True):
    """Take a tag off."""

    contact_id: UUID
    tag: str

    @property
    def kind(self) -> str:
        return "tag_removed"

    @property
    def properties(self) -> dict[str, Any]:
        return {"tag": self.tag}

    def contact_ids(self) -> tuple[UUID, ...]:
        return (self.contact_id,)

    def apply(self, directory: Directory, now_us: int) -> Resolution:
        return directory.remove_tag(self.contact_id, self.tag, self.source, now_us)


class SetStage(Command, frozen=True, kw_only=True):
    """Enter a lifecycle stage, "" for none."""

    contact_id: UUID
    stage: str

    @property
    def kind(self) -> str:
        return "stage_changed"

    @property
    def properties(self) -> dict[str, Any]:
        return {"stage": self.stage}

    def contact_ids(self) -> tuple[UUID, ...]:
        return (self.contact_id,)

    def apply(self, directory: Directory, now_us: int) -> Resolution:
        return directory.set_stage(self.contact_id, self.stage, self.source, now_us)


class Merge(Command, frozen=True, kw_only=True):
    """Show everything of `other` under `contact_id`."""

    contact_id: UUID
    other: UUID
    reason: str = "by hand"

    @property
    def kind(self) -> str:
        return "contacts_merged"

    @property
    def properties(self) -> dict[str, Any]:
        return {"contact": str(self.other)}

    def contact_ids(self) -> tuple[UUID, ...]:
        return (self.contact_id, self.other)

    def apply(self, directory: Directory, now_us: int) -> Resolution:
        return directory.merge(self.contact_id, self.other, self.reason, now_us)


class Unmerge(Command, frozen=True, kw_only=True):
    """Undo the merge of `merged` into another contact; `by_hand` as for `Directory.unmerge`."""

    merged: UUID
    by_hand: bool | None = None

    @property
    def kind(self) -> str:
        return "contacts_unmerged"

    @property
    def properties(self) -> dict[str, Any]:
        return {"contact": str(self.merged)}

    def contact_ids(self) -> tuple[UUID, ...]:
        return (self.merged,)

    def apply(self, directory: Directory, now_us: int) -> Resolution:
        return directory.unmerge(self.merged, now_us, by_hand=self.by_hand)


class CreateContact(Command, frozen=True, kw_only=True):
    """Make a contact known by an e-mail address or user id, or set fields of the one that is known by them already."""

    email: str | None = None
    user_id: str | None = None
    fields: dict[str, Any] = {}

    @property
    def kind(self) -> str:
        return "profile_changed"

    @property
    def properties(self) -> dict[str, Any]:
        return {"fields": sorted(self.fields)}

    def claims(self, now_us: int) -> tuple[Claim, ...]:
        return (Claim(self.source, now_us, email=normalise_email(self.email), user_id=self.user_id),)

    def apply(self, directory: Directory, now_us: int) -> Resolution:
        made = directory.resolve(self.claims(now_us)[0], now_us)
        if made.conflict:
            raise UserIdTaken(made.conflict)
        if not self.fields:
            return made
        changed = directory.set_fields(made.contact_id, self.fields, self.source, now_us)
        return combined(made, changed)


def combined(first: Resolution, second: Resolution) -> Resolution:
    """What two changes of one contact changed together."""
    return Resolution(
        subject_id=second.subject_id,
        contact_id=second.contact_id,
        created=first.created or second.created,
        moved=first.moved + second.moved,
        touched=tuple(sorted({*first.touched, *second.touched})),
        profile_changed=first.profile_changed or second.profile_changed,
        tags_changed=first.tags_changed or second.tags_changed,
        stage_changed=first.stage_changed or second.stage_changed,
        account_changed=first.account_changed or second.account_changed,
        conflict=first.conflict or second.conflict,
        duplicate_of=first.duplicate_of or second.duplicate_of,
        problems=first.problems + second.problems,
    )


async def load_for(conn: Connection, commands: Sequence[Command], now_us: int, fields: Fields = BUILT_IN) -> Directory:
    """Load and lock everybody these commands change."""
    claims = [claim for command in commands for claim in command.claims(now_us)]
    contact_ids = [contact_id for command in commands for contact_id in command.contact_ids()]
    return await load_directory(conn, claims, contact_ids=contact_ids, fields=fields)
