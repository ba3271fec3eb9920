"""Claims and directories for tests: ids count up, so a run repeats itself."""

from itertools import count
from typing import Any
from uuid import UUID

from leadlight.people import BUILT_IN, Claim, Directory, Fields

SECOND = 1_000_000
DAY = 86_400 * SECOND
NOW = 20_000 * DAY


def make_directory(fields: Fields = BUILT_IN) -> Directory:
    """An empty directory whose ids are 1, 2, 3, ..."""
    numbers = count(1)
    return Directory(fields, lambda: UUID(int=next(numbers)))


def visit(anonymous_id: str, at_us: int = NOW, **more: Any) -> Claim:
    """A page view of a browser."""
    return Claim("web", at_us, "page_viewed", anonymous_id=anonymous_id, **more)


def identify(
    user_id: str | None = None,
    email: str | None = None,
    anonymous_id: str | None = None,
    at_us: int = NOW,
    **traits: Any,
) -> Claim:
    """An identify call; the e-mail is a trait too, as SDKs send it."""
    said = {**traits, "email": email} if email else traits
    return Claim("web", at_us, "identified", anonymous_id=anonymous_id, user_id=user_id, email=email, traits=said)


def alias(previous_id: str, user_id: str, at_us: int = NOW) -> Claim:
    """An alias call."""
    return Claim("web", at_us, "aliased", user_id=user_id, previous_id=previous_id)


def group(user_id: str, group_id: str, at_us: int = NOW, **traits: Any) -> Claim:
    """A group call."""
    return Claim("web", at_us, "grouped", user_id=user_id, group_id=group_id, traits=traits)
