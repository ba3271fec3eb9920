"""The demo year is the same every time, believable, and has something true to find."""

from collections import Counter
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from leadlight.events import Incoming, normalise
from leadlight.tryout.demo import demo_calls
from tests.factories.tryout import READ_US, demo_file, score

END = date(2026, 11, 22)
SMALL = list(demo_calls(END, 0.02))


def test_same_end_gives_same_year():
    assert list(demo_calls(END, 0.02)) == SMALL


def test_another_end_gives_other_message_ids():
    other = {call["messageId"] for call in demo_calls(date(2026, 11, 23), 0.02)}
    assert other.isdisjoint(call["messageId"] for call in SMALL)


def test_size_follows_scale():
    assert len(SMALL) == 5_000
    assert len({call["userId"] for call in SMALL if "userId" in call}) == 100
    assert len({call["groupId"] for call in SMALL if "groupId" in call}) == 30


def test_calls_come_in_order_of_time():
    times = [call["timestamp"] for call in SMALL]
    assert times == sorted(times)
    assert times[0] >= "2025-11-22"
    assert times[-1] < "2026-11-22"


def test_message_ids_are_distinct():
    assert len({call["messageId"] for call in SMALL}) == len(SMALL)


def test_every_call_is_accepted():
    results = [normalise(call, READ_US, "demo", ZoneInfo("UTC")) for call in SMALL]
    assert all(isinstance(result, Incoming) for result in results)
    excluded = Counter(result.excluded for result in results if isinstance(result, Incoming))
    assert set(excluded) == {None, "bot", "prefetch"}


def test_names_are_written_as_they_are_spoken():
    names = {call["traits"]["last_name"] for call in SMALL if call["type"] == "identify"}
    assert any(not name.isascii() for name in names)
    emails = {call["traits"]["email"] for call in SMALL if call["type"] == "identify"}
    assert all(email.isascii() and email.endswith(".example") for email in emails)


def test_people_work_on_weekdays_by_day():
    hours = Counter(int(call["timestamp"][11:13]) for call in SMALL)
    weekdays = Counter(date.fromisoformat(call["timestamp"][:10]).weekday() for call in SMALL)
    assert sum(hours[hour] for hour in range(6, 17)) > 0.75 * len(SMALL)
    assert weekdays[5] + weekdays[6] < 0.2 * len(SMALL)


def test_nobody_is_named_before_saying_so():
    named = set()
    for call in SMALL:
        if call["type"] == "identify":
            named.add(call["userId"])
        if call["type"] == "page" and "userId" in call:
            assert call["userId"] in named


@pytest.mark.slow
def test_score_finds_those_who_will_buy(tmp_path):
    cut = date(2026, 7, 25)
    deals = [call for call in demo_calls(END, 0.4) if call.get("event") in {"Deal Won", "Deal Lost"}]
    decided = {call["userId"] for call in deals if call["timestamp"] < cut.isoformat()}
    won = {call["userId"] for call in deals if call["event"] == "Deal Won"} - decided
    leads, _ = score(demo_file(tmp_path / "events.jsonl", 0.4), as_of=cut)
    open_leads = [lead for lead in leads if lead.user_id not in decided]
    winners = [lead.total for lead in open_leads if lead.user_id in won]
    others = [lead.total for lead in open_leads if lead.user_id not in won]
    assert len(winners) > 15
    assert 0.63 < area_under_curve(winners, others) < 0.95


def area_under_curve(winners: list[int], others: list[int]) -> float:
    """How often a winner stands above another; ties count half (Mann and Whitney)."""
    above = sum((winner > other) + (winner == other) / 2 for winner in winners for other in others)
    return above / (len(winners) * len(others))
