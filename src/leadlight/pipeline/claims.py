"""From an event to the people domain's question: who is this about?"""

from leadlight.events import Incoming
from leadlight.people import Claim


def claim_of(arrival: Incoming) -> Claim:
    """What an event says about who did it."""
    return Claim(
        anonymous_id=arrival.anonymous_id,
        user_id=arrival.user_id,
        email=arrival.email,
        previous_id=arrival.previous_id,
        group_id=arrival.group_id,
        traits=arrival.traits,
        source=arrival.source,
        at_us=arrival.at_us,
        kind=arrival.kind,
    )
