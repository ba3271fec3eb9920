"""Which kinds of definitions exist. The composition root registers them; this package knows none."""

import re
from collections.abc import Awaitable, Callable, Iterable
from uuid import UUID

import msgspec

from leadlight.definitions.errors import UnknownKind
from leadlight.definitions.model import Context, Definition, Document, check_document
from leadlight.kit.db import Connection
from leadlight.kit.errors import InvalidDocument, Problem

KEY = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?")

Validate = Callable[[Document, str, Context], None]
OnPublish = Callable[[Connection, Definition, bool], Awaitable[UUID | None]]
OnArchive = Callable[[Connection, Definition], Awaitable[None]]
OnChange = Callable[[Connection], Awaitable[object]]


class Kind(msgspec.Struct, frozen=True):
    """One kind of definition.

    `validate(body, key, context)` raises InvalidDocument naming every problem. `on_publish(conn, definition, announce)`
    runs in the publishing transaction, before the version becomes the published one: it returns None to have it
    published at once, or the id of a job that will call `mark_published` when its work is done. `announce`: what the
    publication changes about people happens for all to see. `on_archive` runs in the archiving transaction.
    """

    name: str
    validate: Validate
    on_publish: OnPublish | None = None
    on_archive: OnArchive | None = None


class Registry:
    """All kinds by name; `on_change` runs in every transaction that changes what is published."""

    def __init__(self, kinds: Iterable[Kind], on_change: OnChange) -> None:
        self._kinds = {kind.name: kind for kind in kinds}
        self.on_change = on_change

    @property
    def names(self) -> list[str]:
        """The kinds' names, sorted."""
        return sorted(self._kinds)

    def kind(self, name: str) -> Kind:
        """The kind of that name; raises UnknownKind."""
        try:
            return self._kinds[name]
        except KeyError:
            raise UnknownKind(f"found {name!r}, expected one of {', '.join(self.names)}") from None

    def check(self, kind: str, key: str, body: Document, context: Context) -> None:
        """Raise InvalidDocument with everything wrong about a document."""
        validate = self.kind(kind).validate
        problems = [*check_key(key), *check_document(body)]
        if problems:
            raise InvalidDocument(problems)
        validate(body, key, context)


def check_key(key: str) -> list[Problem]:
    """What is wrong with a key, empty when nothing is."""
    if KEY.fullmatch(key):
        return []
    expected = "1 to 63 letters, digits, '-', '_' and '.', beginning and ending with a letter or digit"
    return [Problem("(key)", repr(key[:80]), expected)]
