"""Telling the gateway how cases go: signed callbacks of an office that accepts first and decides later."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import queue
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from typing import Optional
from urllib.parse import urlsplit

from simulators.store import Case, Clock

TRIES, FIRST_WAIT, SECONDS = 6, 0.2, 5
"""A callback that is not taken is sent again, each time after twice the wait."""


class Caller:
    """One office's callbacks, sent one after the other in a thread of its own. Without a ``gateway`` address
    it is silent. ``way`` is the fault dial: usual, ``twice``, or ``late``: after the next one."""

    def __init__(self, department: str, secret: str, clock: Clock, way: Callable[[], str]) -> None:
        self.gateway = ""
        self._department, self._secret, self._clock, self._way = department, secret, clock, way
        self._waiting: queue.Queue[Optional[bytes]] = queue.Queue()
        self._held: list[bytes] = []
        self._thread: Optional[threading.Thread] = None
        self._over = threading.Event()

    def tell(self, case: Case, note: str) -> None:
        """Say how a case stands now."""
        if not self.gateway:
            return
        body = json.dumps({
            "eventId": secrets.token_hex(8), "at": self._clock().isoformat(timespec="microseconds"),
            "caseNo": case.reference, "outerNo": case.receipt, "state": case.status, "note": note,
        }, ensure_ascii=False).encode()
        way = self._way()
        if way == "late":
            self._held.append(body)
            return
        for message in (body, *([body] if way == "twice" else []), *self._held):
            self._waiting.put(message)
        self._held = []
        if self._thread is None:
            self._thread = threading.Thread(target=self._send_all, daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Send no more."""
        self._over.set()
        if self._thread is not None:
            self._waiting.put(None)
            self._thread.join(SECONDS)

    def _send_all(self) -> None:
        while (body := self._waiting.get()) is not None:
            for number in range(TRIES):
                if self._over.is_set() or self._taken(body):
                    break
                self._over.wait(FIRST_WAIT * 2 ** number)

    def _taken(self, body: bytes) -> bool:
        """Send once; whether the gateway has it, or will never want it."""
        parts = urlsplit(f"{self.gateway}/callbacks/{self._department}")
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(parts.hostname or "", parts.port, timeout=SECONDS)
        try:
            connection.request("POST", parts.path, body, self._headers(parts.path, body))
            return connection.getresponse().status < 500
        except OSError:
            return False
        finally:
            connection.close()

    def _headers(self, target: str, body: bytes) -> Mapping[str, str]:
        stamp, nonce = str(int(time.time())), secrets.token_hex(16)
        lines = "\n".join(("POST", target, stamp, nonce, hashlib.sha256(body).hexdigest()))
        signature = hmac.new(self._secret.encode(), lines.encode(), hashlib.sha256).hexdigest()
        return {
            "Content-Type": "application/json", "X-App-Id": self._department, "X-Timestamp": stamp,
            "X-Nonce": nonce, "X-Signature": signature,
        }
