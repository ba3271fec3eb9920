"""However the lines are dealt out, the list is the same."""

import pytest

from leadlight.tryout import service
from tests.factories.tryout import demo_file, score


@pytest.fixture
def events(tmp_path):
    return demo_file(tmp_path / "events.jsonl", 0.02)


def test_many_small_chunks_give_the_same(events, monkeypatch):
    expected, _ = score(events, with_visitors=True, reasons=9)
    monkeypatch.setattr(service, "CHUNK_BYTES", 20_000)
    assert score(events, with_visitors=True, reasons=9)[0] == expected


def test_processes_give_the_same(events, monkeypatch):
    expected, summary = score(events, with_visitors=True, reasons=9)
    monkeypatch.setattr(service, "ALONE_BYTES", 0)
    monkeypatch.setattr(service, "CHUNK_BYTES", 200_000)
    found, found_summary = score(events, with_visitors=True, reasons=9)
    assert found == expected
    assert (found_summary.events, found_summary.contacts) == (summary.events, summary.contacts)


def test_top_is_the_head_of_the_whole_list(events):
    expected, _ = score(events)
    assert score(events, top=7)[0] == expected[:7]
