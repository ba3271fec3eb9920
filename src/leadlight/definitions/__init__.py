"""Versioned documents: drafts, publication, rollback, and files in git."""

from leadlight.definitions.diff import ABSENT, Change, diff
from leadlight.definitions.errors import NothingToPublish, Stale, UnknownDefinition, UnknownKind
from leadlight.definitions.model import Context, Definition, Document, Publication, State
from leadlight.definitions.registry import Kind, Registry
from leadlight.definitions.service import (
    Revision,
    Version,
    archive,
    current,
    discard_draft,
    ensure_defaults,
    history,
    mark_published,
    publish,
    put,
    put_all,
    read,
    rollback,
)
from leadlight.definitions.store import listed, published

__all__ = [
    "ABSENT",
    "Change",
    "Context",
    "Definition",
    "Document",
    "Kind",
    "NothingToPublish",
    "Publication",
    "Registry",
    "Revision",
    "Stale",
    "State",
    "UnknownDefinition",
    "UnknownKind",
    "Version",
    "archive",
    "current",
    "diff",
    "discard_draft",
    "ensure_defaults",
    "history",
    "listed",
    "mark_published",
    "publish",
    "published",
    "put",
    "put_all",
    "read",
    "rollback",
]
