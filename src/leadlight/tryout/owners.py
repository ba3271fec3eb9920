"""Whose event is it: asks the directory, and remembers the answer where asking again would change nothing."""

from uuid import UUID

import msgspec

from leadlight.matching import Memory
from leadlight.people import Claim, Directory, Resolution
from leadlight.tryout.deeds import Deed


class Diary(msgspec.Struct):
    """What one subject did: its memory, how many events, the newest."""

    subject_id: UUID
    memory: Memory = {}
    events: int = 0
    last_us: int = 0


class Owners:
    """Resolves claims, in order, in one directory.

    Nine of ten events only repeat who is in which browser. When that browser was last used by just the same user,
    nothing about people changes, and the event belongs to the same subject as the one before.
    """

    def __init__(self) -> None:
        self.directory = Directory()
        self.diaries: dict[UUID, Diary] = {}
        self._browsers: dict[str, tuple[str | None, Diary]] = {}
        self._users: dict[str, Diary] = {}

    def believe(self, claim: Claim) -> Resolution:
        """Take in what a call says about people."""
        if claim.previous_id is not None:
            self._browsers.clear()
        elif claim.anonymous_id is not None:
            self._browsers.pop(claim.anonymous_id, None)
        return self.directory.resolve(claim, claim.at_us)

    def of(self, deed: Deed) -> Diary:
        """The diary of the subject the event belongs to."""
        known = self._known(deed) if deed.claim is None else None
        if known is not None:
            return known
        resolution = self.believe(deed.as_claim())
        diary = self.diaries.get(resolution.subject_id)
        if diary is None:
            diary = self.diaries[resolution.subject_id] = Diary(resolution.subject_id)
        if deed.claim is None:
            self._remember(deed, diary)
        return diary

    def _known(self, deed: Deed) -> Diary | None:
        if deed.anonymous_id is None:
            return self._users.get(deed.user_id or "")
        user_id, diary = self._browsers.get(deed.anonymous_id, _NOBODY)
        return diary if user_id == deed.user_id else None

    def _remember(self, deed: Deed, diary: Diary) -> None:
        if deed.anonymous_id is not None:
            self._browsers[deed.anonymous_id] = deed.user_id, diary
        elif deed.user_id is not None:
            self._users[deed.user_id] = diary


_NOBODY: tuple[str | None, Diary | None] = ("", None)
