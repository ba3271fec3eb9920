"""The one error tree: every refusal has a code, an HTTP status and a remedy."""

from typing import ClassVar

import msgspec


class Problem(msgspec.Struct, frozen=True):
    """One thing wrong with a document: where, what was found, what was expected."""

    path: str
    found: str
    expected: str

    def __str__(self) -> str:
        return f"{self.path or '(document)'}: found {self.found}, expected {self.expected}"


class LeadlightError(Exception):
    """Something went wrong in Leadlight.

    The first line of a subclass's docstring is its title; `detail` says what happened this time.
    """

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or self.title())
        self.detail = detail

    @classmethod
    def title(cls) -> str:
        """The first line of the class's docstring, without the full stop."""
        return (cls.__doc__ or cls.__name__).strip().splitlines()[0].rstrip(".")


class InvalidDocument(LeadlightError):
    """The document is not valid; nothing was changed. Mend the places named and send it again."""

    code = "invalid_document"
    status = 422

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


class NotFound(LeadlightError):
    """There is nothing under that name. Check the key or the id."""

    code = "not_found"
    status = 404


class Conflict(LeadlightError):
    """The change does not fit the present state. Read it again, then decide."""

    code = "conflict"
    status = 409


class Unavailable(LeadlightError):
    """The server cannot do this right now. Try again after the time in Retry-After."""

    code = "unavailable"
    status = 503
