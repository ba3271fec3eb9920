"""The session of a signed-in person: opened with a one-time link, closed by signing out."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, StringConstraints

from leadlight.access import LONGEST_HOURS, Scope, end_session, redeem
from leadlight.api.auth import Reader, is_secure, session_cookie
from leadlight.api.context import TheApp
from leadlight.kit.errors import LeadlightError

router = APIRouter(prefix="/api/session", tags=["session"])


class LinkSpent(LeadlightError):
    """This sign-in link was used before, replaced by a newer one, or is too old. Make a new one: `leadlight sign-in`."""

    code = "link_spent"
    status = 410


class Link(BaseModel):
    """The one-time link; `token` is the parameter of that name in its address."""

    model_config = ConfigDict(extra="forbid")

    token: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Session(BaseModel):
    """Who is signed in, or whose key this is, and what they may do."""

    name: str
    scopes: list[Scope]


@router.post("", status_code=204)
async def sign_in(link: Link, app: TheApp, response: Response) -> None:
    """Use up a one-time link and set the session's cookie.

    Fetching the link's page changes nothing, so scanners of mail and chat cannot spend it; and other sites cannot send this body.
    """
    async with app.db.transaction() as conn:
        token = await redeem(conn, link.token)
    if token is None:
        raise LinkSpent
    response.set_cookie(
        session_cookie(app.settings),
        token,
        max_age=LONGEST_HOURS * 3600,
        secure=is_secure(app.settings),
        httponly=True,
        samesite="lax",
    )


@router.get("")
async def read_session(caller: Reader) -> Session:
    """Who I am to the server."""
    return Session(name=caller.name, scopes=sorted(caller.scopes))


@router.delete("", status_code=204)
async def sign_out(request: Request, app: TheApp, response: Response) -> None:
    """End the session here and on the server; without one there is nothing to do."""
    cookie = session_cookie(app.settings)
    token = request.cookies.get(cookie)
    if token is not None:
        async with app.db.transaction() as conn:
            await end_session(conn, token)
    response.delete_cookie(cookie, secure=is_secure(app.settings), httponly=True, samesite="lax")
