"""Who calls: a secret key in the Authorization header, or a signed-in person by cookie."""

from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec
from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from leadlight.access import SCOPES, Scope, find_session
from leadlight.api.context import TheApp, app_of
from leadlight.app import App
from leadlight.kit.config import Settings
from leadlight.kit.errors import LeadlightError

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
bearer = HTTPBearer(auto_error=False, scheme_name="secret key", description="A secret key: `leadlight keys create`.")


class NotSignedIn(LeadlightError):
    """The request shows neither a valid secret key nor a session. Send `Authorization: Bearer <secret key>`."""

    code = "not_signed_in"
    status = 401


class NotAllowed(LeadlightError):
    """The key may not do this. Use a key with the scope named."""

    code = "not_allowed"
    status = 403


class ForeignOrigin(LeadlightError):
    """The request comes from another site. Send it from Leadlight's own pages, or use a secret key."""

    code = "foreign_origin"
    status = 403


class Caller(msgspec.Struct, frozen=True):
    """Who asks; `name` is the author of what the request changes."""

    name: str
    scopes: frozenset[Scope]


async def find_caller(
    request: Request, app: TheApp, credentials: Annotated[HTTPAuthorizationCredentials | None, Security(bearer)]
) -> Caller:
    """The caller; raises NotSignedIn or ForeignOrigin."""
    if credentials is not None:
        key = await app.keys.find(credentials.credentials)
        if key is None or key.kind != "secret":
            raise NotSignedIn("the key is unknown, revoked, or a write key")
        return Caller(f"key:{key.name}", key.scopes)
    token = request.cookies.get(session_cookie(app.settings))
    if token is None:
        raise NotSignedIn
    return await _signed_in(request, app, token)


async def _signed_in(request: Request, app: App, token: str) -> Caller:
    async with app.db.connection() as conn:
        user = await find_session(conn, token)
    if user is None:
        raise NotSignedIn("the session has ended; sign in again")
    if request.method not in SAFE_METHODS:
        refuse_foreign_origin(request)
    return Caller(user.name, frozenset(SCOPES))


def needs(scope: Scope) -> Any:
    """Dependency that answers the Caller and raises NotAllowed without `scope`."""

    async def allowed(caller: Annotated[Caller, Depends(find_caller)]) -> Caller:
        if scope not in caller.scopes:
            raise NotAllowed(f"this needs a key with the scope {scope}")
        return caller

    return Depends(allowed)


Reader = Annotated[Caller, needs("read")]
Writer = Annotated[Caller, needs("write")]
Admin = Annotated[Caller, needs("admin")]


def refuse_foreign_origin(request: Request) -> None:
    """Raise ForeignOrigin unless the browser says that one of our own pages sent the request."""
    if not _from_own_page(request):
        raise ForeignOrigin


def _from_own_page(request: Request) -> bool:
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    own_hosts = {request.headers.get("host", ""), urlsplit(app_of(request).settings.base_url).netloc}
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc in own_hosts


def session_cookie(settings: Settings) -> str:
    """Name of the cookie; `__Host-` (RFC 6265bis) where there is https, else one name per port."""
    return "__Host-leadlight" if is_secure(settings) else f"leadlight-{settings.port}"


def is_secure(settings: Settings) -> bool:
    """Whether browsers reach us by https."""
    return settings.base_url.startswith("https://")
