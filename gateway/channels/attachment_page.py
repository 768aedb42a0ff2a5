"""``/send/<link>/attachment``: a page that takes photos and PDFs, for people whose channel cannot carry them.

It works without a script, on any phone: a file chooser that offers the camera, and one button.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import jinja2
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse

from gateway.cases.attachment_links import AttachmentLinks
from gateway.cases.papers import ACCEPTED
from gateway.channels.answers import status_of
from gateway.channels.door import Door
from gateway.channels.verify import HEADERS
from gateway.errors import CitizenError

FIELD = "file"


def attachment_page(door: Door, links: AttachmentLinks) -> Blueprint:
    """The page and what it sends."""
    routes = Blueprint("attachment_page", url_prefix="/send")
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).with_name("templates")), autoescape=True,
        undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )

    def page(status: int = 200, **values: Any) -> HTTPResponse:
        told = {"state": "ask", "target": None, "count": 0, "problem": "", "accept": ACCEPTED, **values}
        body = templates.get_template("attachment.html").render(**told)
        return HTTPResponse(body, status, headers=HEADERS, content_type="text/html; charset=utf-8")

    @routes.get("/<link:str>/attachment", name="ask_file")
    async def ask(request: Request, link: str) -> HTTPResponse:
        target = await asyncio.to_thread(links.target, link)
        return page(target=target) if target else page(410, state="gone")

    @routes.post("/<link:str>/attachment", name="take_file")
    async def take(request: Request, link: str) -> HTTPResponse:
        target = await asyncio.to_thread(links.target, link)
        if target is None:
            return page(410, state="gone")
        try:
            await door.admit("link", target.draft or target.case or "")
            file = (request.files or {}).get(FIELD)
            kept = await door.slowly(links.add, link, bytes(file.body) if file else b"")
        except CitizenError as error:
            words = door.words(error.response, **error.values)
            return page(status_of(error), target=target, problem=words)
        if kept is None:
            return page(410, state="gone")
        return page(target=kept.target, state="full" if kept.full else "kept", count=kept.count)

    return routes
