"""docs/reference/events.md names everything that may happen to an event."""

from pathlib import Path

import pytest

from leadlight.events import KINDS, RESERVED_KINDS, DropReason, Exclusion
from leadlight.events.batch import MAX_BATCH_EVENTS
from leadlight.events.exact import MAX_DEPTH, MAX_NUMBER_CHARS
from leadlight.events.normalising import MAX_CHARS
from leadlight.events.urls import MAX_URL_CHARS

PAGE = (Path(__file__).parents[3] / "docs/reference/events.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("reason", DropReason)
def test_reason_has_its_row(reason: DropReason) -> None:
    assert f"\n| `{reason}` | {reason.sentence} |\n" in PAGE


@pytest.mark.parametrize("kind", sorted({*KINDS.values(), *RESERVED_KINDS, *Exclusion}))
def test_kind_is_named(kind: str) -> None:
    assert f"`{kind}`" in PAGE


@pytest.mark.parametrize("call", [*KINDS, "track", "batch"])
def test_call_is_named(call: str) -> None:
    assert f"/v1/{call}`" in PAGE


@pytest.mark.parametrize("limit", [MAX_BATCH_EVENTS, MAX_CHARS, MAX_DEPTH, MAX_NUMBER_CHARS, MAX_URL_CHARS])
def test_limit_is_named(limit: int) -> None:
    assert f" {limit} " in PAGE
