"""A proxy that answers for the server what a client must survive."""

import asyncio
from collections.abc import Iterable
from enum import Enum

import httpx2
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route


class Fault(Enum):
    """What happens to one request; LOST: the server took it, the answer says it failed."""

    NONE = 0
    BUSY = 429
    BROKEN = 500
    LOST = 502


class Faults:
    """Meets the first requests with `script`, then passes on all. `seen` counts requests by what happened."""

    def __init__(self, upstream: str, script: Iterable[Fault] = ()) -> None:
        self._script = iter(script)
        self._client = httpx2.AsyncClient(base_url=upstream)
        self.seen: dict[Fault, int] = dict.fromkeys(Fault, 0)
        self.app = Starlette(routes=[Route("/{path:path}", self._answer, methods=["POST"])])

    async def _answer(self, request: Request) -> Response:
        fault = next(self._script, Fault.NONE)
        self.seen[fault] += 1
        if fault in {Fault.BUSY, Fault.BROKEN}:
            return _refusal(fault)
        headers = {name: value for name, value in request.headers.items() if name != "host"}
        answer = await self._client.post(request.url.path, content=await request.body(), headers=headers)
        if fault is Fault.LOST:
            return _refusal(fault)
        return Response(answer.content, answer.status_code, {"Content-Type": answer.headers["content-type"]})

    def met(self, script: Iterable[Fault]) -> bool:
        """Whether all of `script` happened and nothing else but passing on."""
        wanted = list(script)
        return all(self.seen[fault] == wanted.count(fault) for fault in Fault if fault is not Fault.NONE)

    async def close(self) -> None:
        await self._client.aclose()


def _refusal(fault: Fault) -> JSONResponse:
    headers = {"Retry-After": "1"} if fault is Fault.BUSY else {}
    return JSONResponse({"code": fault.name.lower(), "message": "try again"}, fault.value, headers)


class Served:
    """An ASGI application on a free loopback port, in this event loop."""

    def __init__(self, app: object) -> None:
        config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical", lifespan="off")  # type: ignore[arg-type]
        self._server = uvicorn.Server(config)
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> str:
        self._task = asyncio.create_task(self._server.serve())
        while not self._server.started:  # noqa: ASYNC110 - uvicorn says it in no other way
            await asyncio.sleep(0.01)
        return f"http://127.0.0.1:{self._server.servers[0].sockets[0].getsockname()[1]}"

    async def __aexit__(self, *_: object) -> None:
        self._server.should_exit = True
        if self._task:
            await self._task
