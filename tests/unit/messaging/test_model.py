from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from leadlight.messaging.model import RETRY_GAPS_S, Accepted, MessageState, Refused, move_after
from leadlight.messaging.webhook_channel import Gone, outcome_of

NOW = 1_760_000_000_000_000
DAY_S = 86_400


def wait_s(attempt: int, spread: float) -> float:
    move = move_after(Refused("no"), attempt, NOW, spread)
    assert move.next_at_us is not None
    return (move.next_at_us - NOW) / 1_000_000


def refusal(status: int, retry_after: str | None = None, body: bytes = b"") -> Refused:
    outcome = outcome_of(status, retry_after, body)
    assert isinstance(outcome, Refused)
    return outcome


def test_attempts_follow_the_schedule_of_standard_webhooks():
    assert RETRY_GAPS_S == (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
    assert timedelta(seconds=sum(RETRY_GAPS_S)) == timedelta(hours=75, minutes=35, seconds=5)


@pytest.mark.parametrize("attempt", range(1, 10))
def test_a_retry_is_never_later_than_scheduled_and_little_earlier(attempt):
    for spread in (0.0, 0.5, 0.999):
        assert 0.96 * RETRY_GAPS_S[attempt] <= wait_s(attempt, spread) <= RETRY_GAPS_S[attempt]


def test_retries_span_three_days_whatever_the_jitter():
    assert sum(wait_s(attempt, 0.999) for attempt in range(1, 10)) > 3 * DAY_S


def test_the_tenth_refusal_is_the_last():
    assert move_after(Refused("no"), 10, NOW, 0.5).state is MessageState.FAILED


def test_an_acceptance_ends_it():
    assert move_after(Accepted(), 3, NOW, 0.5).state is MessageState.ACCEPTED


@pytest.mark.parametrize(
    ("retry_after_s", "expected_s"),
    [(None, 5), (2, 5), (120, 120), (10 * DAY_S, DAY_S)],
)
def test_a_longer_wait_is_granted_up_to_a_day(retry_after_s, expected_s):
    move = move_after(Refused("busy", retry_after_s), 1, NOW, 0.0)
    assert move.next_at_us == NOW + expected_s * 1_000_000


@pytest.mark.parametrize("status", [100, 300, 301, 302, 303, 305, 307, 308, 400, 401, 404, 429, 500, 503])
def test_anything_but_2xx_is_tried_again(status):
    assert not refusal(status).is_final


def test_410_is_final():
    assert outcome_of(410, None, b"") == Gone("HTTP 410", is_final=True)


@pytest.mark.parametrize(
    ("header", "expected_s"),
    [("120", 120), (" 7 ", 7), ("soon", None), ("-5", None), ("9" * 40, None), ("²", None), (None, None)],
)
def test_retry_after_in_seconds(header, expected_s):
    assert refusal(503, header).retry_after_s == expected_s


def test_retry_after_as_a_date():
    header = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)  # noqa: TID251 - the header speaks of the real time
    assert 3_590 < (refusal(429, header).retry_after_s or 0) <= 3_600


def test_the_excerpt_of_an_answer_is_short_and_harmless():
    error = refusal(500, None, b"<script>\x1b[31m\x00\xff" + b"x" * 1_000).error
    assert len(error) <= 200
    assert error.isprintable()
