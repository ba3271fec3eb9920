"""A file's statement is the server's statement of the same events."""

import msgspec
import pytest

from leadlight.app import App
from leadlight.events import Incoming, normalise, read_time
from leadlight.kit.clock import machine_us
from leadlight.kit.days import SECOND_US, from_us
from leadlight.tryout.demo import demo_calls
from tests.factories.tryout import score, write_lines


@pytest.fixture
async def calls(app: App):
    """A demo year until today that has gone through the pipeline, batch by batch."""
    calls = list(demo_calls(from_us(machine_us()).date(), 0.02))
    received = [normalise(call, read_time(call["timestamp"]) + SECOND_US, "web", app.workspace.zone) for call in calls]
    arrivals = [arrival for arrival in received if isinstance(arrival, Incoming)]
    assert len(arrivals) == len(calls)
    for start in range(0, len(arrivals), 1000):
        await app.engine.process(arrivals[start : start + 1000])
    return calls


async def test_statements_are_equal(app, client, secret_key, calls, tmp_path):
    today = from_us(machine_us()).date()
    leads, _ = score(
        write_lines(tmp_path / "events.jsonl", calls), now_us=machine_us(), as_of=today, with_statements=True
    )
    assert len(leads) == 100
    for lead in leads:
        headers = {"Authorization": f"Bearer {secret_key}"}
        found = await client.get("/api/contacts", params={"user_id": lead.user_id}, headers=headers)
        [contact] = found.json()["items"]
        answer = await client.get(f"/api/contacts/{contact['id']}/scores", headers=headers)
        assert pure(answer.json()) == pure(msgspec.to_builtins(lead.scores))


def pure(statements):
    """Statements without the band, which depends on what was before."""
    return [{key: value for key, value in each.items() if key != "band"} for each in statements]
