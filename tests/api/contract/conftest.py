"""One real server with a clock for tests, which the stories of this folder share; each has its own people and models."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.factories.outside import Outsider
from tests.factories.processes import Serving

START = "2026-03-01T09:00:00Z"  # a Sunday


@pytest.fixture(scope="session")
def outside() -> Iterator[Outsider]:
    with TemporaryDirectory(prefix="leadlight-", ignore_cleanup_errors=True) as directory:
        serving = Serving.start(Path(directory) / "data", "--test-clock", START, LEADLIGHT_WEBHOOK_ALLOW="127.0.0.0/8")
        outsider = Outsider.of(serving)
        yield outsider
        outsider.client.close()
        serving.stop()
