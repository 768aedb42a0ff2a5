"""Waiting for a department's callbacks while it is tried: one small server, which reads them as the gateway does."""

from __future__ import annotations

import datetime as dt
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from connectors.bodies import MOST_BYTES, Unreadable
from connectors.callback import News, NotTheirs, read_callback
from connectors.manifest import Manifest

SECONDS = 20.0
"""How long a department may take to tell of an application."""


class Listener:
    """Listens at ``host`` and ``port`` (0: a free one) while the block runs. ``secret`` is that of callbacks."""

    def __init__(self, manifest: Manifest, secret: str, host: str, port: int) -> None:
        self._manifest, self._secret = manifest, secret
        self._said: dict[str, News] = {}
        self._problem: NotTheirs | Unreadable | None = None
        self._change = threading.Condition()
        self._server = ThreadingHTTPServer((host, port), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def address(self) -> str:
        """Where departments call: the base address, in place of the gateway's."""
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}"

    def __enter__(self) -> Listener:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def wait(self, receipt: str, seconds: float = SECONDS) -> News:
        """The first callback about a receipt number.

        Raises:
            NotTheirs, Unreadable: what came cannot be taken.
            TimeoutError: nothing came about it.
        """
        ends = time.monotonic() + seconds
        with self._change:
            while receipt not in self._said and time.monotonic() < ends and self._problem is None:
                self._change.wait(max(0.0, ends - time.monotonic()))
            problem, self._problem = self._problem, None
            if receipt in self._said:
                return self._said[receipt]
        if problem is not None:
            raise problem
        raise TimeoutError(f"no callback about {receipt} within {seconds:.0f} seconds")

    def take(self, target: str, headers: dict[str, str], body: bytes) -> int:
        """Read one callback; the HTTP status to answer with."""
        assert self._manifest.callback is not None
        try:
            news = read_callback(
                self._manifest, self._manifest.callback, self._secret, target=target, headers=headers, body=body,
                now=dt.datetime.now(dt.timezone.utc),
            )
        except (NotTheirs, Unreadable) as problem:
            with self._change:
                self._problem = problem
                self._change.notify_all()
            return 401 if isinstance(problem, NotTheirs) else 422
        with self._change:
            self._said.setdefault(news.receipt, news)
            self._change.notify_all()
        return 200

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        listener = self

        class Handler(BaseHTTPRequestHandler):
            timeout = 10

            def do_POST(self) -> None:
                length = self.headers.get("Content-Length", "")
                if not length.isascii() or not length.isdigit() or int(length) > MOST_BYTES:
                    status = 411
                else:
                    status = listener.take(self.path, dict(self.headers.items()), self.rfile.read(int(length)))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Callbacks are not written down."""

        return Handler
