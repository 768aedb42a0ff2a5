"""Serving one department over HTTP on this machine: its business, its ledger, its fault dial."""

from __future__ import annotations

import contextlib
import errno
import json
import selectors
import socket
import ssl
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Optional
from urllib.parse import parse_qsl

from simulators.department import GARBLED, Department, Request, Response, garbled
from simulators.pages import ledger_page
from simulators.secrets import SimulatorError

HOST = "127.0.0.1"
MOST_BYTES = 20 * 1024 * 1024
TLS_BEGINS = b"\x16"
"""The first byte of a handshake; no HTTP request begins with it."""
_OWN_PAGES = {
    ("GET", "/"), ("GET", "/ledger"), ("POST", "/control/faults"), ("POST", "/control/advance"),
    ("POST", "/control/gateway"),
}


class Server:
    """One department on one port; ``port`` 0 takes a free one. ``address`` is where it is called, ``page`` where people
    look at it.

    Raises:
        SimulatorError: the port is taken.
    """

    def __init__(self, department: Department, port: int) -> None:
        self.department = department
        try:
            self._http = _Http((HOST, port), department)
        except OSError as error:
            if error.errno not in {errno.EADDRINUSE, errno.EACCES}:
                raise
            raise SimulatorError(
                f"Port {port} for {department.name} cannot be had ({error.strerror}). "
                "Choose another one with --base-port."
            ) from None
        port = self._http.server_address[1]
        self.page = f"http://{HOST}:{port}"
        self.address = self.page if department.tls is None else f"https://{HOST}:{port}"
        self._thread = threading.Thread(target=self._http.serve_until_told, daemon=True)

    def start(self) -> None:
        """Serve in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Stop serving and close the department's state."""
        if self._thread.is_alive():
            self._http.tell()
            self._thread.join()
        self._http.server_close()
        self._http.hang_up()
        self.department.close()


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    timeout = 0
    """``handle_request`` takes what is there and does not wait."""

    def __init__(self, address: tuple[str, int], department: Department) -> None:
        self.department = department
        self._open: set[socket.socket] = set()
        self._bell, self._ear = socket.socketpair()
        super().__init__(address, _Handler)

    def serve_until_told(self) -> None:
        """Serve until :meth:`tell`. Unlike ``serve_forever`` it sleeps while nobody calls, so
        sixteen of them cost nothing, and it ends at once."""
        with selectors.DefaultSelector() as waiting:
            waiting.register(self, selectors.EVENT_READ)
            waiting.register(self._ear, selectors.EVENT_READ)
            while not any(key.fileobj is self._ear for key, _ in waiting.select()):
                self.handle_request()

    def tell(self) -> None:
        """End the serving."""
        self._bell.send(b".")

    def server_close(self) -> None:
        super().server_close()
        self._bell.close()
        self._ear.close()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def replace(self, plain: socket.socket, secure: socket.socket) -> None:
        """A connection goes on as another one."""
        self._open.discard(plain)
        self._open.add(secure)

    def hang_up(self) -> None:
        """End kept connections, so that no old one is answered after the stop."""
        for connection in list(self._open):
            _cut(connection)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that hangs up is no error; of others only the kind is written."""
        error = sys.exc_info()[1]
        if not isinstance(error, (ConnectionError, TimeoutError, ssl.SSLError)):
            print(f"{self.department.name}: {type(error).__name__}", file=sys.stderr)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    disable_nagle_algorithm = True
    server: _Http

    def setup(self) -> None:
        """Shake hands where the caller begins TLS; whoever shows no good certificate gets no further."""
        tls = self.server.department.tls
        self.request.settimeout(self.timeout)
        if tls is not None and self.request.recv(1, socket.MSG_PEEK) == TLS_BEGINS:
            plain = self.request
            self.request = tls.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
            self.server.replace(plain, self.request)
            try:
                self.request.do_handshake()
            except ssl.SSLError:
                _let_read(self.request)
                raise
        super().setup()

    def finish(self) -> None:
        super().finish()
        if isinstance(self.request, ssl.SSLSocket):
            self.server.shutdown_request(self.request)

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are not written down: addresses hold receipt numbers."""

    def _serve(self) -> None:
        request = self._read()
        if request is None:
            return
        if (request.method, request.path) in _OWN_PAGES:
            self._send(self._own(request))
            return
        signed_in = self.server.department.sign_in(request)
        if signed_in is not None:
            self._send(signed_in)
            return
        latency, fail = self.server.department.faults.take()
        time.sleep(latency)
        if fail == "drop_before":
            self._drop()
            return
        response = self._business(request, fail)
        if fail == "drop_after_commit":
            self._drop()
        else:
            self._send(response)

    def _business(self, request: Request, fail: str) -> Response:
        department = self.server.department
        if fail == "busy":
            return department.busy()
        if fail == "maintenance":
            page = "<!doctype html><meta charset=utf-8><title>系统维护</title>系统维护中，请稍后再来。".encode()
            return Response(503, page, "text/html; charset=utf-8", {"Retry-After": "1"})
        if fail == "5xx":
            return _text(500, "Internal Server Error")
        try:
            response = department.business(request)
            return garbled(response, fail) if fail in GARBLED else response
        except Exception as error:
            # The text of an exception may hold what a person wrote.
            print(f"{department.name}: {type(error).__name__}", file=sys.stderr)
            return _text(500, "Internal Server Error")

    def _read(self) -> Optional[Request]:
        length = self.headers.get("Content-Length", "0")
        chunked = "Transfer-Encoding" in self.headers
        if chunked or not (length.isascii() and length.isdigit()) or int(length) > MOST_BYTES:
            self.close_connection = True
            self._send(_text(411 if chunked else 413, "Content-Length of at most 1 MiB, please"))
            return None
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Request(self.command, self.path, headers, self.rfile.read(int(length)), _peer(self.request))

    def _own(self, request: Request) -> Response:
        """Ledger and dial. The Host is checked so that no web page can reach them by a name."""
        department = self.server.department
        host = request.headers.get("host", "").rsplit(":", 1)[0]
        if host not in {HOST, "localhost"}:
            return _text(403, "Only from this machine")
        if request.path == "/":
            return Response(200, ledger_page(department).encode(), "text/html; charset=utf-8")
        if request.path == "/ledger":
            receipt = dict(parse_qsl(request.target.partition("?")[2])).get("receipt", "")
            return _json(200, department.ledger(receipt=receipt))
        if request.headers.get("content-type", "").split(";")[0] != "application/json":
            return _json(415, {"error": "send application/json"})
        try:
            told = json.loads(request.body)
        except ValueError:
            told = None
        if not isinstance(told, dict):
            return _json(400, {"error": "send a JSON object"})
        if request.path == "/control/faults":
            problem = department.faults.turn(told)
        elif request.path == "/control/gateway":
            problem = department.call_back(str(told.get("address") or ""))
        else:
            problem = department.advance(
                str(told.get("reference") or ""), str(told.get("status") or "")
            )
        return _json(400, {"error": problem}) if problem else _json(200, {"ok": True})

    def _send(self, response: Response) -> None:
        self.send_response(response.status)
        self.send_header("Content-Type", response.content_type)
        self.send_header("Content-Length", str(len(response.body)))
        for name, value in response.headers.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(response.body)

    def _drop(self) -> None:
        self.close_connection = True
        _cut(self.connection)


def _peer(connection: socket.socket) -> str:
    """The common name in the certificate that the caller showed."""
    if not isinstance(connection, ssl.SSLSocket):
        return ""
    subject: Any = (connection.getpeercert() or {}).get("subject", ())
    return str(dict(part for row in subject for part in row).get("commonName", ""))


def _let_read(connection: ssl.SSLSocket) -> None:
    """Hang up so that the caller still reads why: a connection closed with something unread would be reset."""
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(1)
        while socket.socket.recv(connection, 4096):
            pass
    connection.close()


def _cut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


def _text(status: int, text: str) -> Response:
    return Response(status, text.encode(), "text/plain; charset=utf-8")


def _json(status: int, value: Any) -> Response:
    return Response(
        status, json.dumps(value, ensure_ascii=False).encode(), "application/json; charset=utf-8"
    )
