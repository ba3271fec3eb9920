"""The built interface: hashed files that browsers keep, and one page for every address that is the page's business."""

from pathlib import Path

from fastapi import FastAPI, HTTPException
from fastapi.responses import FileResponse, HTMLResponse, Response
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

BUILT = Path(__file__).parent.parent / "static/ui"
KEPT_FOREVER = "public, max-age=31536000, immutable"
ASKED_EACH_TIME = "no-cache"
SERVER_PATHS = ("api", "v1", "assets")

NOT_BUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Leadlight</title>
<p>This Leadlight was installed without its interface. The API under /api/ and /v1/ works.</p>
<p>To have the interface, install again without <code>LEADLIGHT_SKIP_UI</code>, or run <code>make ui</code> in a checkout.</p>
"""


class HashedFiles(StaticFiles):
    """Files whose names change with their contents."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, never to be asked for again."""
        response = await super().get_response(path, scope)
        if response.status_code == 200:
            response.headers["Cache-Control"] = KEPT_FOREVER
        return response


def add_interface(api: FastAPI, built: Path = BUILT) -> None:
    """Serve the interface built in `built`; call it after all other routes, since it answers every address left."""
    if not (built / "index.html").exists():
        api.add_api_route("/{path:path}", _not_built, include_in_schema=False)
        return
    api.mount("/assets", GZipMiddleware(HashedFiles(directory=built / "assets")))
    loose = {path.name for path in built.iterdir() if path.is_file()}

    async def interface(path: str) -> FileResponse:
        if path.split("/", 1)[0] in SERVER_PATHS:
            raise HTTPException(404, f"there is nothing under /{path}")
        name = path if path in loose else "index.html"
        return FileResponse(built / name, headers={"Cache-Control": ASKED_EACH_TIME})

    api.add_api_route("/{path:path}", interface, methods=["GET", "HEAD"], include_in_schema=False)


async def _not_built(path: str) -> HTMLResponse:
    if path.split("/", 1)[0] in SERVER_PATHS:
        raise HTTPException(404, f"there is nothing under /{path}")
    return HTMLResponse(NOT_BUILT)
