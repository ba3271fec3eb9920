"""The built interface as a browser gets it."""

from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI

from leadlight.api.interface import add_interface

PAGE = '<!doctype html><script type="module" src="/assets/index-abc.js"></script>'


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A small interface as Vite leaves it."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text(PAGE)
    (tmp_path / "favicon.svg").write_text("<svg/>")
    (tmp_path / "assets/index-abc.js").write_text("console.log(1);" * 200)
    return tmp_path


def browser(built: Path) -> httpx2.AsyncClient:
    site = FastAPI()
    add_interface(site, built)
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=site), base_url="http://leadlight.test")


@pytest.mark.parametrize("path", ["/", "/sign-in?token=x", "/contacts/7/scores", "/favicon.ico/x"])
async def test_page_answers_every_address_of_its_own(built, path):
    async with browser(built) as client:
        answer = await client.get(path)
    assert (answer.status_code, answer.text) == (200, PAGE)
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/api/nothing", "/v1/nothing", "/api", "/assets/none.js"])
async def test_page_never_answers_for_the_server(built, path):
    async with browser(built) as client:
        assert PAGE not in (await client.get(path)).text


async def test_hashed_files_are_kept_forever_and_compressed(built):
    async with browser(built) as client:
        answer = await client.get("/assets/index-abc.js")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"].startswith("text/javascript")


async def test_loose_files_are_themselves(built):
    async with browser(built) as client:
        assert (await client.get("/favicon.svg")).text == "<svg/>"


async def test_files_outside_are_out_of_reach(built):
    (built.parent / "secret").write_text("secret")
    async with browser(built) as client:
        for path in ("/..%2fsecret", "/assets/..%2f..%2fsecret", "/%2e%2e/secret"):
            assert "secret" not in (await client.get(path)).text


async def test_missing_interface_says_how_to_get_it(tmp_path):
    async with browser(tmp_path) as client:
        answer = await client.get("/")
        assert (await client.get("/api/nothing")).status_code == 404
    assert "LEADLIGHT_SKIP_UI" in answer.text


async def test_page_allows_no_foreign_and_no_inline_scripts(client):
    policy = (await client.get("/")).headers["content-security-policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules.get("script-src", rules["default-src"]) == "'self'"
    assert rules["frame-ancestors"] == "'none'"
