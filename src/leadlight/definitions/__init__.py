"""Versioned documents: drafts, publication, rollback, and files in git."""

from leadlight.definitions.diff import ABSENT, Change, diff
from leadlight.definitions.errors import (
    NothingToPublish,
    Stale,
    UnfinishedPublication,
    UnknownDefinition,
    UnknownKind,
    UnusableFiles,
)
from leadlight.definitions.files import Pulled, SourceFile, read_files, write_files
from leadlight.definitions.model import Context, Definition, Document, Publication, State
from leadlight.definitions.plan import Action, ApplyAs, Plan, Step, apply, plan
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
from leadlight.definitions.store import listed, lock, published

__all__ = [
    "ABSENT",
    "Action",
    "ApplyAs",
    "Change",
    "Context",
    "Definition",
    "Document",
    "Kind",
    "NothingToPublish",
    "Plan",
    "Publication",
    "Pulled",
    "Registry",
    "Revision",
    "SourceFile",
    "Stale",
    "State",
    "Step",
    "UnfinishedPublication",
    "UnknownDefinition",
    "UnknownKind",
    "UnusableFiles",
    "Version",
    "apply",
    "archive",
    "current",
    "diff",
    "discard_draft",
    "ensure_defaults",
    "history",
    "listed",
    "lock",
    "mark_published",
    "plan",
    "publish",
    "published",
    "put",
    "put_all",
    "read",
    "read_files",
    "rollback",
    "write_files",
]
