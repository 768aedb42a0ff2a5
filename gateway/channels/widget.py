"""The web widget's channel, and the citizen page that uses the same script.

A visitor gets a random sender inside a signed token, so nobody can speak as somebody else by guessing.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from itsdangerous import BadSignature, URLSafeTimedSerializer
from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse

from gateway.channels.answers import BadRequest, as_json, body_of, refusal, status_of, text_in
from gateway.channels.attachments import take_file
from gateway.channels.door import LONGEST_MESSAGE, Door
from gateway.channels.limits import RateLimit
from gateway.channels.news import News
from gateway.errors import CitizenError

STATIC = Path(__file__).with_name("static")
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".html": "text/html"}
LIFETIME = 24 * 3600
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


class WidgetChannel(InputChannel):
    """``/webhooks/widget/session`` gives a token, ``/webhooks/widget/webhook`` takes messages.

    ``/webhooks/widget/news`` tells an open page what waits for its visitor. ``origins``: sites that may embed the
    widget; the gateway's own pages always may. ``looks`` counts how often one visitor's page asks for news.
    """

    def __init__(
        self, door: Door, key: bytes, origins: set[str], sessions: RateLimit, looks: RateLimit
    ) -> None:
        self._door = door
        self._signer = URLSafeTimedSerializer(key, salt="widget")
        self._origins = origins
        self._sessions = sessions
        self._looks = looks
        self._news = News(door)

    @classmethod
    def name(cls) -> str:
        """The channel's name in its address."""
        return "widget"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Routes; messages go through the door."""
        routes = Blueprint("widget_webhook")

        @routes.post("/session")
        async def session(request: Request) -> HTTPResponse:
            if not await self._sessions.allow(f"session:{request.ip}"):
                return as_json({"error": self._door.words("utter_too_fast")}, 429, {"Retry-After": "60"})
            token = self._signer.dumps(secrets.token_urlsafe(16))
            return as_json({"token": token, "expires_in": LIFETIME})

        @routes.post("/webhook")
        async def receive(request: Request) -> HTTPResponse:
            return await self._answer(self._hear(request))

        @routes.post("/news")
        async def news(request: Request) -> HTTPResponse:
            return await self._answer(self._look(request))

        @routes.post("/attachment")
        async def photo(request: Request) -> HTTPResponse:
            return await self._answer(self._take(request))

        # One route each: beside a fixed address the router never tries one with a placeholder.
        @routes.options("/session", name="ask_session")  # type: ignore[arg-type]
        @routes.options("/webhook", name="ask_webhook")  # type: ignore[arg-type]
        @routes.options("/attachment", name="ask_attachment")  # type: ignore[arg-type]
        @routes.options("/news", name="ask_news")
        async def preflight(request: Request) -> HTTPResponse:
            return HTTPResponse(status=204)

        @routes.on_response
        async def share(request: Request, response: HTTPResponse) -> None:
            origin = request.headers.get("Origin", "")
            if origin in self._origins or "*" in self._origins:
                response.headers["Access-Control-Allow-Origin"] = origin
                response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
                response.headers["Access-Control-Expose-Headers"] = "Retry-After"
                response.headers["Access-Control-Max-Age"] = "600"
                response.headers["Vary"] = "Origin"

        return routes

    async def _hear(self, request: Request) -> Any:
        body = body_of(request)
        sender = self._sender(text_in(body, "token", 400))
        return await self._door.handle("widget", sender, text_in(body, "message", LONGEST_MESSAGE))

    async def _look(self, request: Request) -> Any:
        sender = self._sender(text_in(body_of(request), "token", 400))
        if not await self._looks.allow(f"news:{sender}"):
            raise CitizenError("utter_too_fast")
        return await self._news.take(f"widget:{sender}")

    async def _take(self, request: Request) -> Any:
        token = (request.headers.get("Authorization") or "").removeprefix("Bearer ").strip()
        return await take_file(self._door, "widget", self._sender(token), request.body)

    async def _answer(self, work: Awaitable[Any]) -> HTTPResponse:
        """What ``work`` gives, or why it was refused, in words for whoever reads it."""
        try:
            return as_json(await work)
        except BadRequest as error:
            return refusal(error)
        except CitizenError as error:
            words = self._door.words(error.response, **error.values)
            headers = {"Retry-After": "60"} if status_of(error) == 429 else None
            return as_json({"error": words}, status_of(error), headers)

    def _sender(self, token: str) -> str:
        try:
            return str(self._signer.loads(token, max_age=LIFETIME))
        except BadSignature:
            raise BadRequest("对话已过期，请刷新页面再发一次。", 401) from None


def pages() -> Blueprint:
    """The citizen page at ``/`` and the widget's files at ``/widget/``."""
    routes = Blueprint("pages")
    files = {p.name: (p.read_bytes(), TYPES[p.suffix]) for p in STATIC.iterdir() if p.suffix in TYPES}

    def page(name: str) -> HTTPResponse:
        body, kind = files[name]
        headers = {
            "Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin", "Cache-Control": "no-cache",
            "Cross-Origin-Resource-Policy": "cross-origin" if kind != "text/html" else "same-origin",
        }
        return HTTPResponse(body, content_type=f"{kind}; charset=utf-8", headers=headers)

    @routes.get("/")
    async def home(request: Request) -> HTTPResponse:
        return page("index.html")

    @routes.get("/widget/<name:str>")
    async def file(request: Request, name: str) -> HTTPResponse:
        if name not in files or name == "index.html":
            return as_json({"error": f"There is no {name} here."}, 404)
        return page(name)

    return routes
