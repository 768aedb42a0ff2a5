"""HTTP answers that every channel gives in the same shape."""

from __future__ import annotations

import json
from typing import Any

from sanic.request import Request
from sanic.response import HTTPResponse

from gateway.errors import CitizenError, YiwenError

JSON_TYPE = "application/json; charset=utf-8"


class BadRequest(YiwenError):
    """The request is not what the route takes; the sentence says what it takes."""

    def __init__(self, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.sentence, self.status = sentence, status


def as_json(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> HTTPResponse:
    """JSON with Chinese left readable."""
    return HTTPResponse(
        json.dumps(value, ensure_ascii=False), status=status, content_type=JSON_TYPE,
        headers=headers,
    )


def refusal(error: BadRequest) -> HTTPResponse:
    """A 4xx with its reason."""
    return as_json({"error": error.sentence}, error.status)


def status_of(error: CitizenError) -> int:
    """Which 4xx a message refused at the door gets."""
    too_large = {"utter_too_long", "utter_attachment_large", "utter_attachment_larger"}
    return 413 if error.response in too_large else {"utter_too_fast": 429}.get(error.response, 400)


def body_of(request: Request) -> dict[str, Any]:
    """The request's JSON object.

    Raises:
        BadRequest: it is not JSON, or not an object.
    """
    try:
        body = json.loads(request.body.decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise BadRequest("The body is not JSON in UTF-8.") from None
    if not isinstance(body, dict):
        raise BadRequest("The body must be a JSON object.")
    return body


def text_in(body: dict[str, Any], key: str, longest: int, *, required: bool = True) -> str:
    """A string of the body.

    Raises:
        BadRequest: it is missing, no string, or too long.
    """
    value = body.get(key)
    if value is None and not required:
        return ""
    if not isinstance(value, str):
        raise BadRequest(f"'{key}' must be a string.")
    if len(value) > longest:
        raise BadRequest(f"'{key}' has {len(value)} characters; {longest} are allowed.", 413)
    return value
