"""The REST channel: Rasa's shape, at ``POST /webhooks/rest/webhook``, for integrators.

A sender id is what the integrator says it is, so whoever may call this speaks for every sender of
the channel: set ``GATEWAY_REST_TOKEN`` wherever strangers can reach it.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse

from gateway.channels.answers import BadRequest, as_json, body_of, refusal, status_of, text_in
from gateway.channels.attachments import take_file
from gateway.channels.door import LONGEST_MESSAGE, LONGEST_SENDER, Door
from gateway.errors import CitizenError


class RestChannel(InputChannel):
    """Takes ``{"sender", "message"}``, answers with a list of replies."""

    def __init__(self, door: Door, token: str) -> None:
        self._door = door
        self._token = token

    @classmethod
    def name(cls) -> str:
        """The channel's name in its address."""
        return "rest"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Routes; messages go through the door, which knows more than ``on_new_message``."""
        routes = Blueprint("rest_webhook")

        @routes.get("/")
        async def health(request: Request) -> HTTPResponse:
            return as_json({"status": "ok"})

        @routes.post("/webhook")
        async def receive(request: Request) -> HTTPResponse:
            try:
                self._check(request)
                body = body_of(request)
                sender = text_in(body, "sender", LONGEST_SENDER, required=False) or "default"
                text = text_in(body, "message", LONGEST_MESSAGE)
                return as_json(await self._door.handle("rest", sender, text))
            except BadRequest as error:
                return refusal(error)
            except CitizenError as error:
                words = self._door.words(error.response, **error.values)
                headers = {"Retry-After": "60"} if status_of(error) == 429 else None
                return as_json({"error": words}, status_of(error), headers)

        @routes.post("/attachment")
        async def photo(request: Request) -> HTTPResponse:
            try:
                self._check(request)
                sender = text_in(
                    {"sender": request.args.get("sender")}, "sender", LONGEST_SENDER, required=False
                ) or "default"
                return as_json(await take_file(self._door, "rest", sender, request.body))
            except BadRequest as error:
                return refusal(error)
            except CitizenError as error:
                words = self._door.words(error.response, **error.values)
                return as_json({"error": words}, status_of(error))

        return routes

    def _check(self, request: Request) -> None:
        given = (request.headers.get("Authorization") or "").removeprefix("Bearer ").strip()
        if self._token and not hmac.compare_digest(given.encode(errors="replace"), self._token.encode()):
            raise BadRequest("Send the token: Authorization: Bearer TOKEN.", 401)
