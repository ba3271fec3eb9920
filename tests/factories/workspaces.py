"""A workspace of its own with the real HTTP application on it, for tests that are not coroutines."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import asyncpg
import httpx2

from leadlight.api.server import create_api
from leadlight.app import App
from leadlight.kit.config import Settings
from leadlight.kit.db import Database
from leadlight.kit.postgres import EmbeddedPostgres

Result = TypeVar("Result")
TEMPLATE = "leadlight_template"


@dataclass
class Workspace:
    """An application in a loop that runs only while it is asked something."""

    loop: asyncio.AbstractEventLoop
    app: App
    http: httpx2.AsyncClient
    write_key: str
    secret_key: str

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        return self.loop.run_until_complete(work)

    def ask(self, method: str, url: str, **request: Any) -> httpx2.Response:
        """An answer of the application; what it raises is raised here."""
        return self.run(self.http.request(method, url, **request))

    def manage(self, method: str, path: str, **request: Any) -> httpx2.Response:
        """An answer of the management API."""
        headers = {"Authorization": f"Bearer {self.secret_key}"} | request.pop("headers", {})
        return self.ask(method, f"/api{path}", headers=headers, **request)


@contextmanager
def workspace(server: EmbeddedPostgres, directory: Path) -> Iterator[Workspace]:
    """A fresh workspace, dropped afterwards."""
    loop = asyncio.new_event_loop()
    name = f"w{uuid4().hex}"
    try:
        loop.run_until_complete(_administer(server, f"create database {name} template {TEMPLATE} strategy file_copy"))
        settings = Settings(data_dir=directory, database_url=server.url(name), database_connections=5)
        opened = loop.run_until_complete(_open(loop, settings))
        yield opened
        loop.run_until_complete(opened.http.aclose())
        loop.run_until_complete(opened.app.close())
        loop.run_until_complete(_administer(server, f"drop database {name} with (force)"))
    finally:
        loop.close()


async def _open(loop: asyncio.AbstractEventLoop, settings: Settings) -> Workspace:
    app = await App.on(settings, await Database.open(settings))
    async with app.db.transaction() as conn:
        write = (await app.keys.create(conn, "write", "test")).secret
        secret = (await app.keys.create(conn, "secret", "test", ("admin",))).secret
    http = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=create_api(app)), base_url="http://leadlight.test")
    return Workspace(loop, app, http, write, secret)


async def _administer(server: EmbeddedPostgres, statement: str) -> None:
    conn = await asyncpg.connect(server.url())
    try:
        await conn.execute(statement)
    finally:
        await conn.close()
