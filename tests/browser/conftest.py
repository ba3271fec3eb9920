"""A real `leadlight serve` with a few people in it, and real Chromium."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx2
import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page, Request, async_playwright

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
def served() -> Iterator[Served]:
    """A server on its own data directory, where a dozen people did something in the last weeks."""
    with TemporaryDirectory(prefix="leadlight-", ignore_cleanup_errors=True) as directory:
        yield from _serve(Path(directory) / "data")


def _serve(data_dir: Path) -> Iterator[Served]:
    serving = Serving.start(data_dir)
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


@pytest.fixture(scope="session")
def session_cookie(served: Served) -> dict[str, str]:
    """The cookie of a session that tests may share as long as none ends it."""
    with httpx2.Client(base_url=served.url) as client:
        token = served.sign_in_link().partition("token=")[2]
        client.post("/api/session", json={"token": token}).raise_for_status()
        ((name, value),) = client.cookies.items()
    return {"name": name, "value": value, "url": served.url}


@pytest_asyncio.fixture(scope="session", loop_scope="session")
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


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, served: Served) -> AsyncIterator[Page]:
    """A page of a browser of its own; fails the test on an error in the console or a request to another host."""
    context = await browser.new_context(locale="en-GB")
    opened = await context.new_page()
    faults: list[str] = []
    opened.on("console", lambda message: faults.append(message.text) if is_fault(message) else None)
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("request", lambda request: None if is_ours(request, served.url) else faults.append(request.url))
    yield opened
    await context.close()
    assert faults == []


def is_fault(message: ConsoleMessage) -> bool:
    """Whether the console shows an error; Chromium counts the 401 of a browser that is not signed in as one."""
    return message.type == "error" and "401 (Unauthorized)" not in message.text


def is_ours(request: Request, url: str) -> bool:
    """Whether the request stays on the server."""
    return request.url.startswith((url, "data:"))


@pytest_asyncio.fixture(loop_scope="session")
async def signed_in(page: Page, served: Served, session_cookie: dict[str, str]) -> Page:
    """The list of leads, in a browser that is signed in."""
    await page.context.add_cookies([session_cookie])  # type: ignore[list-item]
    await page.goto(served.url)
    await page.get_by_role("button", name="Score of").first.wait_for()
    return page
