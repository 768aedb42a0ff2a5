"""The console as a Sanic blueprint: turns requests into visits, and answers into responses."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from typing import Any

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse

from gateway.cases.submissions import Submissions
from gateway.catalogue.model import Catalogue
from gateway.console.desk import Desk, read_stylesheet, read_templates
from gateway.console.door import answer
from gateway.console.records import Records
from gateway.console.routes import ROUTES, Route
from gateway.console.visit import PREFIX, Answer, Problem, Visit
from gateway.conversations.review import Review
from gateway.identity.staff import Staff
from gateway.store.store import Clock, utc_now

LARGEST_FORM = 64 * 1024
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'self'; style-src 'self'; script-src 'none'; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}
# Everything below the space but newline and tab, which no form field needs.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def blueprint(
    review: Review,
    staff: Staff,
    records: Records,
    submissions: Submissions,
    catalogue: Callable[[], Catalogue],
    *,
    case_status_labels: Mapping[str, str],
    public_url: str = "",
    clock: Clock = utc_now,
) -> Blueprint:
    """The console, to be mounted at ``/staff``.

    ``catalogue`` is asked anew for every page. Cookies are marked Secure when the request, or
    ``public_url``, is https.
    """
    desk = Desk(
        review=review, staff=staff, records=records, submissions=submissions, catalogue=catalogue,
        case_statuses=case_status_labels, clock=clock,
        templates=read_templates(), stylesheet=read_stylesheet(),
    )
    secure = public_url.lower().startswith("https:")
    console = Blueprint("console", url_prefix=PREFIX)
    for route in ROUTES:
        console.add_route(
            _handler(desk, route, secure), route.path, methods=[route.method],
            name=f"{route.method.lower()}_{route.page.__name__}",
        )
    return console


def _handler(desk: Desk, route: Route, secure: bool) -> Callable[..., Any]:
    async def handle(request: Request, **params: str) -> HTTPResponse:
        if len(request.body) > LARGEST_FORM:
            told = desk.problem(Visit("POST", PREFIX, ""), Problem(413, "提交的内容太长。"))
        else:
            visit = _visit(request, params)
            told = await asyncio.to_thread(answer, desk, route, visit)
        return _response(told, secure or request.scheme == "https")

    return handle


def _visit(request: Request, params: Mapping[str, str]) -> Visit:
    return Visit(
        method=request.method,
        path=request.path,
        # Behind a proxy this is right only when Sanic was told to trust the proxy's header.
        address=(request.remote_addr or request.ip or "unknown")[:80],
        query={key: _clean(values[0]) for key, values in request.args.items()},
        query_string=request.query_string,
        form={key: _clean(values[0]) for key, values in (request.form or {}).items()},
        params=params,
        cookies={key: _clean(value) for key, value in request.cookies.items()},
    )


def _clean(text: str) -> str:
    plain = text.encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n")
    return _CONTROLS.sub("", plain)


def _response(told: Answer, secure: bool) -> HTTPResponse:
    response = HTTPResponse(
        told.body, status=told.status, content_type=told.content_type,
        headers={**HEADERS, **told.headers},
    )
    for name, value in told.cookies.items():
        response.cookies[name] = value
        cookie = response.cookies[name]
        cookie["path"], cookie["httponly"], cookie["samesite"] = PREFIX, True, "Strict"
        cookie["secure"] = secure
        if not value:
            cookie["max-age"] = 0
    return response
