"""A real `leadlight serve` with a few people in it, and real Chromium."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from playwright.async_api import Browser, Page, async_playwright

from tests.factories.calls import some_weeks_of
from tests.factories.processes import Serving, run_cli, wait_for

FLAGS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)
NAMES = ("chromium", "chromium-browser", "google-chrome")


@dataclass
class Served:
    """A running server: where it is, and new ways in."""

    url: str
    data: Path

    def run(self, *arguments: str) -> str:
        """What a `leadlight` command on this server's data prints."""
        done = run_cli(*arguments, "--data", str(self.data))
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def sign_in_link(self) -> str:
        """A fresh one-time link."""
        return self.run("sign-in")


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server on its own data directory, where a dozen people did something in the last weeks."""
    serving = Serving.start(tmp_path_factory.mktemp("served"))
    try:
        server = Served(serving.url, serving.data_dir)
        key = server.run("keys", "create", "--kind", "write")
        sent = httpx2.post(f"{server.url}/v1/batch", auth=(key, ""), json={"batch": some_weeks_of(12)}, timeout=30)
        sent.raise_for_status()
        wait_for(lambda: is_idle(server.url), "an empty intake")
        yield server
    finally:
        serving.stop()


def is_idle(url: str) -> bool:
    return bool(httpx2.get(f"{url}/api/health", timeout=5).json()["intake_waiting"] == 0)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium as the system has it."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        assert not os.environ.get("CI"), "CI must have Chromium"
        pytest.skip("Chromium is missing: apt-get install chromium")
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield opened
        await opened.close()


@pytest.fixture
async def page(browser: Browser, served: Served) -> AsyncIterator[Page]:
    """A page that fails the test on any error in the console, and on any request to another host."""
    opened = await browser.new_page(locale="en-GB")
    faults: list[str] = []
    opened.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on(
        "request", lambda request: None if request.url.startswith((served.url, "data:")) else faults.append(request.url)
    )
    yield opened
    assert faults == []


@pytest.fixture
async def signed_in(page: Page, served: Served) -> Page:
    """The page after a one-time link was opened."""
    await page.goto(served.sign_in_link())
    await page.get_by_role("heading", name="Leads").wait_for()
    return page
