"""``POST /callbacks/<department>``: a department tells how a case stands."""

from __future__ import annotations

import asyncio

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse

from connectors.bodies import Unreadable
from connectors.callback import NotTheirs
from gateway.cases.callbacks import Callbacks
from gateway.channels.answers import as_json


def callback_door(callbacks: Callbacks) -> Blueprint:
    """The route. Whoever does not sign as that department learns nothing, not even whether it exists."""
    door = Blueprint("callbacks")

    @door.post("/callbacks/<department:str>")
    async def callback(request: Request, department: str) -> HTTPResponse:
        try:
            outcome = await asyncio.to_thread(
                callbacks.take, department, request.path, dict(request.headers), request.body
            )
        except NotTheirs:
            return as_json({"error": "The signature does not fit."}, 401)
        except Unreadable as problem:
            return as_json({"error": str(problem)}, 422)
        return as_json({"outcome": outcome}, 404 if outcome == "no_case" else 200)

    return door
