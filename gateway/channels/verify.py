"""Checking an electronic document: ``/verify`` for anybody, ``/documents/<token>`` for its citizen.

``/verify`` shows no more than a third party needs: what was granted, by whom, when, and the masked
name. Tries are counted by address, and a code cannot be guessed.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import jinja2
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse

from gateway.cases import certificates
from gateway.cases.documents import Documents
from gateway.channels.limits import RateLimit

LONGEST_CODE = 60
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
}


def verify_pages(documents: Documents, home: str, limit: RateLimit) -> Blueprint:
    """The two routes. ``home`` is the city's name; ``limit`` counts the tries of one address."""
    routes = Blueprint("verify")
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).with_name("templates")), autoescape=True,
        undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )

    def page(status: int = 200, **values: Any) -> HTTPResponse:
        told = {"code": "", "state": "ask", "facts": None, "department": "", **values}
        body = templates.get_template("verify.html").render(home=home, **told)
        return HTTPResponse(body, status, headers=HEADERS, content_type="text/html; charset=utf-8")

    @routes.get("/verify")
    async def verify(request: Request) -> HTTPResponse:
        code = (request.args.get("code") or "").strip()[:LONGEST_CODE]
        if not code:
            return page()
        if not await limit.allow(f"verify:{request.remote_addr or request.ip}"):
            return page(429, code=code, state="slow")
        if not certificates.is_code(certificates.tidy(code)):
            return page(code=code, state="slip")
        facts = await asyncio.to_thread(documents.find, code)
        if facts is None:
            return page(404, code=code, state="none")
        return page(
            code=certificates.shown(facts.code), state="good", facts=facts,
            department=documents.department(facts),
        )

    @routes.get("/documents/<token:str>")
    async def document(request: Request, token: str) -> HTTPResponse:
        found = await asyncio.to_thread(documents.pdf, token)
        if found is None:
            return page(404, state="expired")
        receipt, body = found
        named = {"Content-Disposition": f'attachment; filename="{receipt}.pdf"'}
        return HTTPResponse(body, headers={**HEADERS, **named}, content_type="application/pdf")

    return routes
