from leadlight.kit.errors import Conflict, LeadlightError, NotFound


class UnknownKind(NotFound):
    """There is no such kind of definition. `GET /api/definitions` lists the kinds."""

    code = "unknown_kind"


class UnknownDefinition(NotFound):
    """There is no definition under that key. An archived one is listed by its versions and returns by rollback."""

    code = "unknown_definition"


class Stale(Conflict):
    """The definition has changed since it was read. Read it again, repeat the change, send its new ETag."""

    code = "stale"
    status = 412


class NothingToPublish(Conflict):
    """The definition has no draft. Put one first."""

    code = "nothing_to_publish"


class UnusableFiles(LeadlightError):
    """The files do not hold valid definitions; nothing was changed. Mend the places named and run it again."""

    code = "unusable_files"
    status = 422

    def __init__(self, complaints: list[str]) -> None:
        super().__init__("\n".join(complaints))
        self.complaints = complaints


class UnfinishedPublication(LeadlightError):
    """The drafts are stored, but a publication has not ended well. Mend what it says and run `leadlight apply` again."""

    code = "unfinished_publication"
    status = 500
