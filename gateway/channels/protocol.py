"""HTTP that survives broken requests.

Sanic 21.12 drops the connection without an answer when an address holds raw bytes above ASCII, and
answers 500 to a Content-Length that is no number. Both are the sender's fault and get a 4xx here.
"""

from __future__ import annotations

import re
from urllib.parse import quote_from_bytes

from sanic import Sanic
from sanic.exceptions import InvalidUsage
from sanic.http import Stage
from sanic.server.protocols.http_protocol import HttpProtocol

PRINTABLE = "".join(map(chr, range(33, 127)))
_LENGTH = re.compile(rb"\r\ncontent-length:([^\r\n]*)", re.IGNORECASE)


class SafeProtocol(HttpProtocol):
    """Percent-encodes the bytes above ASCII of a request's first line before Sanic reads it."""

    __slots__ = ()

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        http = getattr(self, "_http", None)  # there is none before the connection's first bytes
        if http is None or http.stage is Stage.IDLE:
            line, end, rest = data.partition(b"\r\n")
            if not line.isascii():
                data = quote_from_bytes(line, safe=PRINTABLE + " ").encode() + end + rest
        super().data_received(data)


def check_heads(app: Sanic) -> None:
    """Refuse a Content-Length that is no number."""

    @app.signal("http.lifecycle.read_head")
    async def check(head: bytes) -> None:
        if any(not length.strip().isdigit() for length in _LENGTH.findall(head)):
            raise InvalidUsage("Content-Length must be a number.")
