"""The understanding API: ``POST /api/understand``, for integrators and evaluation."""

from __future__ import annotations

from typing import Any

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse

from gateway.channels.answers import BadRequest, as_json, body_of, refusal, text_in
from gateway.channels.door import LONGEST_MESSAGE, Door


def api(door: Door) -> Blueprint:
    """The routes of the API."""
    routes = Blueprint("api", url_prefix="/api")

    @routes.post("/understand")
    async def understand(request: Request) -> HTTPResponse:
        try:
            words = text_in(body_of(request), "text", LONGEST_MESSAGE)
        except BadRequest as error:
            return refusal(error)
        if door.agent is None:
            return as_json({"error": "The model is not loaded yet."}, 503)
        return as_json(await understood(door, words))

    return routes


async def understood(door: Door, words: str) -> dict[str, Any]:
    """What the text means: act, confidence, aspect, items, clarify, elements."""
    words = door.safe_text(words)
    if not words or door.agent is None:
        return {"act": "out_of_scope", "confidence": 0.0, "aspect": None, "items": [],
                "event": None, "clarify": False, "elements": {}}
    parsed = await door.agent.parse_message(words)
    intent = parsed.get("intent") or {}
    act = parsed.get("act") or intent.get("name")
    entities = {e["entity"]: e["value"] for e in parsed.get("entities") or []}
    aspect = entities.get("aspect") or (parsed.get("aspect") or {}).get("name")
    return {
        "act": act, "confidence": round(intent.get("confidence") or 0.0, 4),
        "aspect": aspect if act == "consult" else None,
        "items": [{k: i[k] for k in ("item", "name", "score")} for i in parsed.get("items") or []],
        "event": next((e["event"] for e in parsed.get("events") or [] if e["meant"]), None),
        "clarify": bool(parsed.get("clarify")),
        "elements": parsed.get("elements") or {},
    }
