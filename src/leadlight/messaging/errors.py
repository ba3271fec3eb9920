from leadlight.kit.errors import Conflict, LeadlightError, NotFound


class UnknownMessage(NotFound):
    """There is no message with that id. `GET /api/messages` lists them."""

    code = "unknown_message"


class UnknownWebhook(NotFound):
    """There is no published webhook under that key. `GET /api/definitions/webhooks` lists them."""

    code = "unknown_webhook"


class MessageMoved(Conflict):
    """The message is not in a state in which that can be done. Read it again."""

    code = "message_moved"


class PayloadTooLarge(LeadlightError):
    """The payload of a webhook is larger than 20 kB. Send less, let the receiver fetch the rest by id."""

    code = "payload_too_large"


class ClaimLost(LeadlightError):
    """Another worker has taken the message over. Nothing to do: it goes on there."""

    code = "claim_lost"
