"""``GET /metrics``: figures of this process in Prometheus' text format, for whoever has the token."""

from __future__ import annotations

import hmac
from collections.abc import Callable

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, text

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def metrics_page(figures: Callable[[], str], token: str) -> Blueprint:
    """The route; without a ``token`` nobody may read."""
    page = Blueprint("metrics")

    @page.get("/metrics")
    async def metrics(request: Request) -> HTTPResponse:
        given = (request.headers.get("Authorization") or "").removeprefix("Bearer ")
        if not token or not hmac.compare_digest(given.encode(errors="replace"), token.encode()):
            return text("Send GATEWAY_METRICS_TOKEN as a bearer token.\n", 401)
        return text(figures(), content_type=CONTENT_TYPE)

    return page
