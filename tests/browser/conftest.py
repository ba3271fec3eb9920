"""A real `leadlight serve` with a few people in it, and real Chromium."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import pytest
from playwright.async_api import Browser, Page, async_playwright

from tests.factories.calls import some_weeks_of

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
PATIENCE_SECONDS = 60


class Served:
    """A running server: where it is, and its commands."""

    def __init__(self, url: str, data: Path) -> None:
        self.url = url
        self.data = data

    def run(self, *arguments: str) -> str:
        """What a `leadlight` command on this server's data prints."""
        command = [sys.executable, "-m", "leadlight.cli", *arguments, "--data", str(self.data)]
        return subprocess.run(
            command, check=True, capture_output=True, text=True, timeout=PATIENCE_SECONDS
        ).stdout.strip()

    def sign_in_link(self) -> str:
        return self.run("sign-in")


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server on its own data directory, where a dozen people did something in the last weeks."""
    data = tmp_path_factory.mktemp("served")
    log = data / "serve.log"
    command = [sys.executable, "-m", "leadlight.cli", "serve", "--data", str(data), "--port", "0"]
    with log.open("w") as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
    try:
        link = wait_for(lambda: re.search(r"(http://\S+)/sign-in\?token=\S+", log.read_text()), process, log)
        server = Served(link[1], data)
        wait_for(lambda: health(server.url).get("ready"), process, log)
        send(server, some_weeks_of(12))
        wait_for(lambda: health(server.url).get("intake_waiting") == 0, process, log)
        yield server
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def wait_for(ask, process: "subprocess.Popen[bytes]", log: Path):
    """The first true answer; fails with the server's log when it ended or takes too long."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not (answer := ask()):
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.1)
    return answer


def health(url: str) -> dict[str, object]:
    try:
        return dict(httpx2.get(f"{url}/api/health", timeout=5).json())
    except (httpx2.HTTPError, ValueError):
        return {}


def send(server: Served, calls: list[dict[str, object]]) -> None:
    key = server.run("keys", "create", "--kind", "write")
    httpx2.post(f"{server.url}/v1/batch", auth=(key, ""), json={"batch": calls}, timeout=30).raise_for_status()


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
