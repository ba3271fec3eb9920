"""What one batch works on: the people involved, held in memory, and everything decided about them."""

from typing import Any
from uuid import UUID

import msgspec

from leadlight import handoff, matching
from leadlight.events import Event, Incoming
from leadlight.matching import Memory
from leadlight.people import Directory
from leadlight.pipeline.generation import Generation
from leadlight.scoring import Score


class Changes(msgspec.Struct):
    """Everything one batch has to store besides the directory. Sets name what is dirty in the work.

    `accounts` maps a changed account to the contact whose event changed it last.
    """

    events: list[Event] = []
    duplicates: list[Incoming] = []
    memories: set[UUID] = set()
    scores: set[tuple[UUID, str]] = set()
    unscored: set[UUID] = set()
    accounts: dict[UUID, UUID] = {}
    due: dict[tuple[UUID, str], int | None] = {}
    hand_offs: list[handoff.HandOff] = []
    loops_cut: int = 0


class NeedsHistory(Exception):
    """Deciding needs the stored events of these subjects: their stages at the time have changed."""

    def __init__(self, subject_ids: set[UUID]) -> None:
        super().__init__()
        self.subject_ids = subject_ids


class Work(msgspec.Struct):
    """Loaded facts, changed in place while deciding. `history` holds stored events of subjects that must be tallied again.

    `passes_time` says that this is the clock's batch, which looks at all that may have changed by itself.
    """

    generation: Generation
    now_us: int
    today: int
    directory: Directory
    memories: dict[UUID, Memory]
    scores: dict[tuple[UUID, str], Score]
    in_work: set[tuple[UUID, str]]
    due: dict[tuple[UUID, str], int | None]
    stored_ids: set[UUID]
    known: set[UUID]
    history: dict[UUID, list[Event]] = {}
    passes_time: bool = False
    changes: Changes = msgspec.field(default_factory=Changes)

    def becomes_known(self, contact_id: UUID) -> bool:
        """Whether the contact has become a known person since it was last asked."""
        if contact_id in self.known or not self.directory.contact(contact_id).is_known:
            return False
        self.known.add(contact_id)
        return True

    def facts(self, contact_id: UUID) -> matching.ContactFacts:
        """The contact as conditions see it, memories of all its subjects together."""
        contact = self.directory.contact(contact_id)
        account = self.directory.accounts.get(contact.account_id) if contact.account_id else None
        return matching.ContactFacts(
            profile=contact.profile,
            account=account.profile if account else _NOTHING,
            tags=contact.tags,
            stage=contact.stage,
            memories=[
                self.memories[subject.id]
                for subject in self.directory.subjects_of(contact_id)
                if subject.id in self.memories
            ],
            zone=self.generation.zone,
            matcher_ids=self.generation.matcher_ids,
            keep_hits=self.generation.keep_hits,
        )


_NOTHING: dict[str, Any] = {}
