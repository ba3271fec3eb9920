"""What is kept of an event while its file is scored: little, so that a shard stays in the processor's reach."""

import msgspec

from leadlight.events import Incoming
from leadlight.people import Claim
from leadlight.pipeline import claim_of

Hits = tuple[tuple[int, int | None], ...]
"""Matcher id and measured value in millionths, for each matcher the event fits."""


class Deed(msgspec.Struct, frozen=True, gc=False):
    """One event. `claim` is None when it says nothing about people but who was in which browser.

    `number` is its place in order of reading, `message` stands for its source and message id.
    """

    at_us: int
    number: int
    message: int
    day: int
    anonymous_id: str | None
    user_id: str | None
    claim: Claim | None
    hits: Hits

    def as_claim(self) -> Claim:
        """Everything it says about people."""
        if self.claim is not None:
            return self.claim
        return Claim(source="", at_us=self.at_us, anonymous_id=self.anonymous_id, user_id=self.user_id)


def deed_of(call: Incoming, number: int, hits: Hits) -> Deed:
    """What is kept of `call`."""
    is_plain = not (call.traits or call.email or call.group_id or call.previous_id)
    return Deed(
        call.at_us,
        number,
        call.id.int,
        call.day,
        call.anonymous_id,
        call.user_id,
        None if is_plain else claim_of(call),
        hits,
    )
