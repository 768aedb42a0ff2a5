"""The gateway's widget door in small: the page, its files, sessions and planned answers."""

from __future__ import annotations

import json
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

STATIC = Path(__file__).parents[2] / "gateway" / "channels" / "static"
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".html": "text/html"}
POLICY = "default-src 'self'; script-src 'self'; style-src 'self'"
HOSTILE = """<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><style>
* {{ color: red !important; font-size: 40px !important; letter-spacing: 9px !important; }}
body * {{ display: none !important; }} button {{ background: yellow !important; }}
</style></head><body><p>某区政府网</p>
<script src="{base}/widget/widget.js" data-title="清河市政务服务" defer></script></body></html>"""


class Answer(NamedTuple):
    """One answer of the door: ``body`` is sent as JSON."""

    status: int
    body: Any
    headers: dict[str, str] = {}


def says(text: str, *buttons: str, **custom: Any) -> Answer:
    """A reply of one message; a button's payload is ``/`` and its title."""
    choices = [{"title": title, "payload": "/" + title} for title in buttons]
    return Answer(200, [{"recipient_id": "c", "text": text, "buttons": choices, "custom": custom}])


FILES = {"most": 3, "accept": "image/jpeg,image/png,application/pdf", "megabytes": "8", "pdf_megabytes": "2"}


def asks_for_files(text: str = "请传租房合同。", *buttons: str) -> Answer:
    """A reply whose question takes photos and PDFs."""
    return says(text, *buttons, expects={"element": "e", "type": "attachment", "example": "", "files": FILES})


def asks(kind: str, example: str = "") -> Answer:
    """A reply that expects a data element of type ``kind``."""
    return says("请填写。", expects={"element": "e", "type": kind, "example": example})


class Door(ThreadingHTTPServer):
    """The gateway's door as the widget sees it: answers from ``plan``, then echoes."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server_port}"
        self.plan: deque[Answer] = deque()
        self.messages: list[str] = []
        self.tokens: list[str] = []
        self.news: deque[Answer] = deque()
        self.looks = 0
        self.files: list[tuple[str, str, bytes]] = []
        self.sessions = 0

    def answer(self, path: str, sent: dict[str, str]) -> Answer:
        """What to answer to a POST."""
        if path.endswith("/session"):
            self.sessions += 1
            return Answer(200, {"token": f"token-{self.sessions}", "expires_in": 600})
        if path.endswith("/news"):
            self.looks += 1
            return self.news.popleft() if self.news else Answer(200, [])
        self.messages.append(sent["message"])
        self.tokens.append(sent["token"])
        return self.plan.popleft() if self.plan else says("收到：" + sent["message"])


class Handler(BaseHTTPRequestHandler):
    """Serves the files as the gateway does, and a hostile host page at ``/host``."""

    server: Door

    def log_message(self, format: str, *args: Any) -> None:
        """Keep the test output quiet."""

    def reply(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        """Send one response that any origin may read."""
        self.send_response(status)
        cors = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "*",
                "Access-Control-Expose-Headers": "Retry-After"}
        for name, value in {**cors, **headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_OPTIONS(self) -> None:
        """The question a browser asks before a call from another origin."""
        self.reply(204, b"", {})

    def do_GET(self) -> None:
        """Pages and static files."""
        if self.path == "/host":
            page = HOSTILE.format(base=self.server.base).encode()
            return self.reply(200, page, {"Content-Type": "text/html"})
        file = STATIC / ("index.html" if self.path == "/" else Path(self.path).name)
        if not file.is_file():
            return self.reply(404, b"", {})
        headers = {"Content-Type": TYPES[file.suffix], "Content-Security-Policy": POLICY}
        self.reply(200, file.read_bytes(), headers)

    def do_POST(self) -> None:
        """Session, messages and files."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path.endswith("/attachment"):
            self.server.files.append((self.headers["Authorization"], self.headers["Content-Type"], body))
            answer = self.server.plan.popleft()
        else:
            answer = self.server.answer(self.path, json.loads(body))
        self.reply(answer.status, json.dumps(answer.body).encode(), answer.headers)
