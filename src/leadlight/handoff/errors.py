from leadlight.kit.errors import Conflict, LeadlightError, NotFound


class UnknownHandOff(NotFound):
    """There is no hand-off with that id. `GET /api/handoffs` lists them."""

    code = "unknown_hand_off"


class MoveNotAllowed(Conflict):
    """The hand-off cannot go there from where it stands. Read it again."""

    code = "move_not_allowed"


class ReasonMissing(LeadlightError):
    """The answer needs a reason. Send `reason`."""

    code = "reason_missing"
    status = 422
