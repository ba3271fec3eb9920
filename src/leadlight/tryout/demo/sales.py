"""The sales team of the demo: answers hand-offs after hours or days, and closes them when the deal is decided."""

from random import Random
from typing import Any

import msgspec

from leadlight import handoff
from leadlight.handoff import Answer, HandOff, State, Verb
from leadlight.kit.days import DAY_US, SECOND_US
from leadlight.pipeline import Engine
from leadlight.tryout.demo.past_clock import PastClock

AUTHOR = "demo sales"
HOUR_US = 3600 * SECOND_US
MOST_LISTED = 1000
REJECTED_SHARE = 0.2
REJECTED_SHARE_OF_BAD_FIT = 0.55
BAD_FIT_HUNDREDTHS = 2000
REASONS = (
    "Too small for us",
    "Student",
    "No budget this year",
    "Could not be reached",
    "Works for a competitor",
    "Wrong person",
)
GIVEN_UP_DAYS = 120


class Deal(msgspec.Struct, frozen=True):
    """How the search of a firm ended."""

    domain: str
    answer: Answer
    at_us: int


class Sales:
    """Reads along, so as to know whose deal is whose."""

    def __init__(self, engine: Engine, clock: PastClock) -> None:
        self._engine = engine
        self._clock = clock
        self._domains: dict[str, str] = {}
        self._deals: list[Deal] = []

    def read(self, call: dict[str, Any], at_us: int) -> None:
        """Note who works where, and what deals have been decided."""
        match call:
            case {"type": "identify", "userId": user_id, "traits": {"email": email}}:
                self._domains[user_id] = _domain(email)
            case {"event": "Deal Won", "userId": user_id, "properties": {"amount": amount}}:
                won = Answer(Verb.WON, amount_hundredths=round(amount * 100))
                self._deals.append(Deal(self._domains.get(user_id, ""), won, at_us))
            case {"event": "Deal Lost", "userId": user_id, "properties": {"reason": reason}}:
                lost = Answer(Verb.LOST, reason=reason)
                self._deals.append(Deal(self._domains.get(user_id, ""), lost, at_us))

    def forget_deals(self) -> None:
        """What was read belongs to a past that has been lived through already."""
        self._deals.clear()

    async def work(self, now_us: int) -> None:
        """Give every answer that is due, each at its own moment."""
        deals = {deal.domain: deal for deal in self._deals}
        self._deals.clear()
        for hand_off in await self._in_work():
            deal = deals.get(_domain(hand_off.summary.email or ""))
            if deal is not None and hand_off.state is not State.OPEN:
                await self._answer(hand_off, deal.answer, max(deal.at_us, hand_off.answered_at_us or 0))
            elif (due := due_answer(hand_off)) is not None and due[0] <= now_us:
                await self._answer(hand_off, due[1], due[0])

    async def _answer(self, hand_off: HandOff, answer: Answer, at_us: int) -> None:
        self._clock.at_us = at_us
        await self._engine.answer(hand_off.id, answer, AUTHOR)

    async def _in_work(self) -> list[HandOff]:
        async with self._engine.db.connection() as conn:
            return [
                hand_off
                for state in (State.OPEN, State.ACCEPTED, State.CONTACTED)
                for hand_off in await handoff.listed(conn, handoff.Filter(state=state), None, MOST_LISTED)
            ]


def due_answer(hand_off: HandOff) -> tuple[int, Answer] | None:
    """When sales says what next, if nothing else happens: always the same about the same hand-off."""
    random = Random(f"{hand_off.summary.email}/{hand_off.opened_at_us // DAY_US}")
    answered_us = hand_off.opened_at_us + int(random.uniform(1, 60) * HOUR_US)
    is_bad_fit = hand_off.summary.fit_hundredths < BAD_FIT_HUNDREDTHS
    is_rejected = random.random() < (REJECTED_SHARE_OF_BAD_FIT if is_bad_fit else REJECTED_SHARE)
    talked_us = answered_us + random.randint(1, 6) * DAY_US
    match hand_off.state:
        case State.OPEN if is_rejected:
            return answered_us, Answer(Verb.REJECT, reason=random.choice(REASONS))
        case State.OPEN:
            return answered_us, Answer(Verb.ACCEPT)
        case State.ACCEPTED:
            return talked_us, Answer(Verb.CONTACTED)
        case State.CONTACTED:
            return talked_us + GIVEN_UP_DAYS * DAY_US, Answer(Verb.LOST, reason="No decision")
        case _:
            return None


def _domain(email: str) -> str:
    return email.rpartition("@")[2]
