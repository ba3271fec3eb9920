"""Who may do what: API keys, users, sessions, one-time sign-in links."""

from leadlight.access.keys import ApiKeys, Listed
from leadlight.access.model import KEY_KINDS, SCOPES, ApiKey, InvalidKey, Key, KeyKind, Scope, User
from leadlight.access.sign_in import (
    LONGEST_HOURS,
    create_sign_in_link,
    end_session,
    find_session,
    nobody_signed_in_yet,
    redeem,
)

__all__ = [
    "KEY_KINDS",
    "LONGEST_HOURS",
    "SCOPES",
    "ApiKey",
    "ApiKeys",
    "InvalidKey",
    "Key",
    "KeyKind",
    "Listed",
    "Scope",
    "User",
    "create_sign_in_link",
    "end_session",
    "find_session",
    "nobody_signed_in_yet",
    "redeem",
]
