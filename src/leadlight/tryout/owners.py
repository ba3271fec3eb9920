"""Whose event is it: asks the directory, and remembers the answer where asking again would change nothing."""

from uuid import UUID

import msgspec

from leadlight.events import Incoming
from leadlight.matching import Memory
from leadlight.people import Directory, Resolution
from leadlight.pipeline import claim_of


class Diary(msgspec.Struct):
    """What one subject did: its memory, how many events, the newest."""

    subject_id: UUID
    memory: Memory = {}
    events: int = 0
    last_us: int = 0


class Owners:
    """Resolves calls, in order, in one directory.

    Nine of ten calls only repeat who is in which browser. A call without traits, e-mail, group or alias whose browser was
    last used by just the same user changes nothing about people, and belongs to the same subject as before.
    """

    def __init__(self) -> None:
        self.directory = Directory()
        self.diaries: dict[UUID, Diary] = {}
        self._browsers: dict[str, tuple[str | None, Diary]] = {}
        self._users: dict[str, Diary] = {}

    def believe(self, call: Incoming) -> Resolution:
        """Take in what a call says about people."""
        if call.previous_id is not None:
            self._browsers.clear()
        elif call.anonymous_id is not None:
            self._browsers.pop(call.anonymous_id, None)
        return self.directory.resolve(claim_of(call), call.at_us)

    def of(self, call: Incoming) -> Diary:
        """The diary of the subject the call belongs to."""
        is_plain = not (call.traits or call.email or call.group_id or call.previous_id)
        known = self._known(call) if is_plain else None
        if known is not None:
            return known
        resolution = self.believe(call)
        diary = self.diaries.get(resolution.subject_id)
        if diary is None:
            diary = self.diaries[resolution.subject_id] = Diary(resolution.subject_id)
        if is_plain:
            self._remember(call, diary)
        return diary

    def _known(self, call: Incoming) -> Diary | None:
        if call.anonymous_id is None:
            return self._users.get(call.user_id or "")
        user_id, diary = self._browsers.get(call.anonymous_id, _NOBODY)
        return diary if user_id == call.user_id else None

    def _remember(self, call: Incoming, diary: Diary) -> None:
        if call.anonymous_id is not None:
            self._browsers[call.anonymous_id] = call.user_id, diary
        elif call.user_id is not None:
            self._users[call.user_id] = diary


_NOBODY: tuple[str | None, Diary | None] = ("", None)
