"""``GET /metrics``: figures in Prometheus' text format, for whoever has the token."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable, Sequence

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, text

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def metrics_page(figures: Sequence[Callable[[], str]], token: str) -> Blueprint:
    """The route; without a ``token`` nobody may read. ``figures`` are asked one after the other; they may block."""
    page = Blueprint("metrics")

    @page.get("/metrics")
    async def metrics(request: Request) -> HTTPResponse:
        given = (request.headers.get("Authorization") or "").removeprefix("Bearer ")
        if not token or not hmac.compare_digest(given.encode(errors="replace"), token.encode()):
            return text("Send GATEWAY_METRICS_TOKEN as a bearer token.\n", 401)
        pages = [await asyncio.to_thread(read) for read in figures]
        return text("".join(pages), content_type=CONTENT_TYPE)

    return page
