"""The HTTP side: routes under /v1 (events in), /api (management) and the interface."""

from leadlight.api.server import create_api

__all__ = ["create_api"]
