"""The HTTP application: all routers, one manner of refusing."""

from fastapi import FastAPI
from fastapi.routing import APIRoute

from leadlight import __version__
from leadlight.api import (
    accounts,
    contact_history,
    contacts,
    definitions,
    handoffs,
    health,
    intake,
    jobs,
    keys,
    messages,
    set_aside,
    sign_in,
    test_clock,
    webhooks,
)
from leadlight.api.guard import Guard
from leadlight.api.interface import add_interface
from leadlight.api.openapi import describe_problems
from leadlight.api.problems import answer_with_problems
from leadlight.app import App

# One line per noun; each module has a `router`.
ROUTERS = (
    intake.router,  # the busiest first: routes are tried in order
    accounts.router,
    contacts.router,
    contact_history.router,
    definitions.router,
    handoffs.router,
    health.router,
    jobs.router,
    keys.router,
    messages.router,
    set_aside.router,
    sign_in.router,
    webhooks.router,
)


def create_api(app: App) -> FastAPI:
    """The ASGI application on an open App, which the caller closes."""
    api = FastAPI(
        title="Leadlight",
        version=__version__,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=_operation_id,
        separate_input_output_schemas=False,
    )
    api.state.app = app
    answer_with_problems(api)
    api.add_middleware(Guard)
    for router in ROUTERS:
        api.include_router(router)
    if app.settings.test_clock:
        api.include_router(test_clock.router)
    describe_problems(api)
    add_interface(api)
    return api


def _operation_id(route: APIRoute) -> str:
    return route.name
