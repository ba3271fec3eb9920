from leadlight.kit.errors import Conflict, LeadlightError, NotFound


class NobodyNamed(LeadlightError):
    """The event names nobody. Send a userId, an anonymousId or an e-mail address."""

    code = "nobody_named"
    status = 422


class IdentityRace(LeadlightError):
    """Another transaction changed the same people at the same time. Roll back, load again, and repeat."""

    code = "identity_race"
    status = 503


class UnknownContact(NotFound):
    """There is no such contact. Look it up by e-mail or user id with `GET /api/contacts`."""

    code = "unknown_contact"


class UnknownAccount(NotFound):
    """There is no such account. `GET /api/accounts` lists them."""

    code = "unknown_account"


class UnknownMerge(NotFound):
    """There is no such merge to undo. The contact's `merges` lists them."""

    code = "unknown_merge"


class SamePerson(Conflict):
    """The contacts are one already; there is nothing to merge. Read the contact again."""

    code = "same_person"


class EmailTaken(Conflict):
    """The e-mail address belongs to another contact. Merge the two, or change the other one first."""

    code = "email_taken"


class UserIdTaken(Conflict):
    """The user id and the e-mail address belong to two different contacts. Merge them, or send only one of the two."""

    code = "user_id_taken"
