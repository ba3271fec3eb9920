"""What every route needs: the application it belongs to."""

from typing import Annotated, cast

from fastapi import Depends, Request

from leadlight.app import App


def app_of(request: Request) -> App:
    """The App that `create_api` was given."""
    return cast("App", request.app.state.app)


TheApp = Annotated[App, Depends(app_of)]
