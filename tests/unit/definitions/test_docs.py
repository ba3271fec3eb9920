"""The reference names every kind of definition, webhook event, state of a message and answer of sales."""

from pathlib import Path

import pytest

from leadlight.handoff import WEBHOOK_EVENTS, Verb
from leadlight.kinds import KINDS
from leadlight.messaging import MessageState

REFERENCE = Path(__file__).parents[3] / "docs/reference"


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("definitions.md", [kind.name for kind in KINDS]),
        ("webhooks.md", list(WEBHOOK_EVENTS.values())),
        ("webhooks.md", list(MessageState)),
        ("hand-offs.md", list(Verb)),
    ],
)
def test_the_reference_names_all(page: str, names: list[str]):
    text = (REFERENCE / page).read_text()
    assert [name for name in names if f"`{name}`" not in text] == []
