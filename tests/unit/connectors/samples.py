"""A small manifest for tests, and a server that says what it is told to."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml

from connectors.client import Connector
from connectors.manifest import Manifest
from connectors.manifest_file import FILE_NAME, load_manifest
from connectors.registry import new_session


def sample(**changes: Any) -> dict[str, Any]:
    """A valid manifest as it would stand in YAML; ``changes`` replace top-level keys."""
    return {
        "addresses": {"sample": "http://127.0.0.1:5199"},
        "body": "json",
        "timeouts": {"connect": "1", "read": "0.5"},
        "sends": {"item": "type", "receipt": "outer", "reference": "number"},
        "items": {"leave": "L1"},
        "fields": {"name": "person.name", "phone": "person.phone", "day": "day", "way": "way"},
        "values": {"way": {"post": "2", "pickup": "1"}},
        "dates": {"day": "%Y%m%d"},
        "success": {"path": "code", "codes": ["0"], "field": "field"},
        "errors": {
            "refused": {"class": "refused", "sentence": "不行。"},
            "gone": {"class": "not_found", "sentence": "没有。"},
            "again": {"class": "duplicate"},
            "later": {"class": "retry"},
            "who": {"class": "auth"},
            "perhaps": {"class": "unknown"},
        },
        "statuses": {"new": "submitted"},
        "operations": {
            "submit": {"call": "POST /submit", "answer": {"reference": "no", "status": "state"}},
            "withdraw": {"call": "POST /withdraw"},
            "look_up": {"call": "GET /cases", "answer": {"reference": "no", "status": "state"}},
            "query": {"call": "POST /query", "answer": {"shown": {"余额": "money"}}},
        },
        **changes,
    }


def write(folder: Path, manifest: Any, department: str = "sample-office") -> Path:
    """Write a manifest where the registry looks for it; text is written as it stands."""
    path = folder / department / FILE_NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    text = manifest if isinstance(manifest, str) else yaml.safe_dump(manifest, sort_keys=False)
    path.write_text(text, "utf-8")
    return path


def parsed(folder: Path, **changes: Any) -> Manifest:
    """The sample manifest, changed, as the client takes it."""
    return load_manifest(write(folder, sample(**changes)))


class Script:
    """Raw answers in turn, the last one again and again; keeps the requests that came."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = list(answers)
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []

    def next(self) -> bytes:
        """The next answer."""
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def http(status: int, body: str | bytes = b"", *headers: str) -> bytes:
    """A raw HTTP answer."""
    raw = body.encode() if isinstance(body, str) else body
    head = [f"HTTP/1.1 {status} X", f"Content-Length: {len(raw)}", "Connection: close", *headers]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + raw


@contextmanager
def office(
    manifest: Manifest, *answers: bytes, secret: str = "", **more: Any
) -> Iterator[tuple[Connector, Script]]:
    """A connector to a server that plays the answers; b"" hangs up, b"hold" keeps silent, b"drip" never ends."""
    script, released = Script(*answers), threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            script.requests.append((self.command, self.path, dict(self.headers), body))
            answer = script.next()
            if answer == b"hold":
                released.wait(10)
            elif answer == b"drip":
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n")
                with contextlib.suppress(ConnectionError):
                    while not released.wait(0.05):
                        self.wfile.write(b" ")
            else:
                self.wfile.write(answer)
            self.close_connection = True

        do_GET = do_POST = serve

        def log_message(self, format: str, *args: Any) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    session = new_session()
    address = f"http://127.0.0.1:{server.server_port}"
    try:
        connector = Connector(manifest, address, secret, session=session, sleep=lambda _: None, **more)
        yield connector, script
    finally:
        released.set()
        session.close()
        server.shutdown()
        server.server_close()
        thread.join()
