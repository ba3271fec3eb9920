"""Handing the right lead to sales: when, with what reasons, and what came of it."""

from leadlight.handoff.errors import MoveNotAllowed, ReasonMissing, UnknownHandOff
from leadlight.handoff.model import (
    MOST_ACTIONS,
    Action,
    Answer,
    HandOff,
    Reason,
    State,
    Summary,
    Verb,
    decide,
    open_one,
    with_actions,
)
from leadlight.handoff.service import WEBHOOK_EVENTS, Answered, answer, document, open_all, read
from leadlight.handoff.store import Filter, in_work, listed

__all__ = [
    "MOST_ACTIONS",
    "WEBHOOK_EVENTS",
    "Action",
    "Answer",
    "Answered",
    "Filter",
    "HandOff",
    "MoveNotAllowed",
    "Reason",
    "ReasonMissing",
    "State",
    "Summary",
    "UnknownHandOff",
    "Verb",
    "answer",
    "decide",
    "document",
    "in_work",
    "listed",
    "open_all",
    "open_one",
    "read",
    "with_actions",
]
