"""Faults between us and any department, made on our side of the connection: no help of the department is needed.

Mounted on a session in place of its transport. What is said to be lost was sent and done: the department sees an
ordinary call, and we see what a broken line would leave of its answer.
"""

from __future__ import annotations

import io
import re
import threading
from typing import Any, Optional

import requests
from requests import exceptions as wrong
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from connectors.bodies import MOST_BYTES

_ELEMENT = re.compile(rb"(</?[\w:.-]+)")
_NOT_SENT = {
    "busy": (503, b"busy", {"Retry-After": "1"}),
    "maintenance": (503, "<!doctype html><title>系统维护</title>".encode(), {"Retry-After": "1"}),
}
_ERROR: tuple[int, bytes, dict[str, str]] = (502, b"Bad Gateway", {})


class Weather(HTTPAdapter):
    """Faults: ``drop_before``, ``drop_after_commit``, ``5xx``, ``busy``, ``maintenance``, ``wrong_charset``,
    ``changed_schema``, and answers that come ``latency_ms`` late. ``spare`` is the path of signing in, which is left
    alone. Safe across threads."""

    def __init__(self, spare: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._spare = spare
        self._lock = threading.Lock()
        self._fail, self._late, self._times = "", 0.0, 0

    def turn(self, fail: Optional[str] = None, times: Optional[int] = None, latency_ms: int = 0) -> None:
        """Set the fault of the next ``times`` calls, or of all until it is changed; without arguments none."""
        with self._lock:
            self._fail, self._late = fail or "", latency_ms / 1000
            self._times = -1 if times is None else times

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """See HTTPAdapter."""
        fail, late = self._take(request)
        if fail == "drop_before":
            raise wrong.ConnectionError("lost before it was sent", request=request)
        if fail in _NOT_SENT:
            return self._made(request, *_NOT_SENT[fail])
        response = super().send(request, *args, **kwargs)
        timeout = kwargs.get("timeout") or (0, 0)
        if fail == "drop_after_commit" or late > timeout[1] > 0:
            _read(response)
            raise (wrong.ReadTimeout if late else wrong.ConnectionError)("lost", request=request)
        if fail == "5xx":
            _read(response)
            return self._made(request, *_ERROR)
        if fail:
            headers = {k: v for k, v in response.headers.items() if k.lower() != "content-length"}
            return self._made(request, response.status_code, _garbled(_read(response), fail), headers)
        return response

    def _take(self, request: requests.PreparedRequest) -> tuple[str, float]:
        path = (request.path_url or "").split("?", 1)[0]
        with self._lock:
            if self._times == 0 or (self._spare and path.endswith(self._spare)):
                return "", 0.0
            if self._times > 0:
                self._times -= 1
            return self._fail, self._late

    def _made(
        self, request: requests.PreparedRequest, status: int, body: bytes, headers: Any
    ) -> requests.Response:
        raw = HTTPResponse(io.BytesIO(body), headers=headers, status=status, preload_content=False)
        return self.build_response(request, raw)


def _read(response: requests.Response) -> bytes:
    """The whole answer: the department has done what it does."""
    with response:
        return bytes(response.raw.read(MOST_BYTES, decode_content=False))


def _garbled(body: bytes, fail: str) -> bytes:
    """The answer in no charset that was agreed, or with other names than were agreed."""
    if fail == "wrong_charset":
        return b"\xff\xfe" + body
    if body.lstrip()[:1] == b"<":
        return _ELEMENT.sub(rb"\1Changed", body)
    return b'{"changed":' + (body or b"null") + b"}"
