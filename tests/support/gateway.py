"""A real gateway for tests: its own process, its own home, a free port, the trained model."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from gateway.settings import ROOT
from tests.support.departments import Departments

PASSWORD = "tests-only-" + uuid.uuid4().hex[:12]
SECONDS = 20


@dataclass
class Gateway:
    """A running gateway. ``home`` is its GATEWAY_HOME; ``stop`` ends it and waits."""

    url: str
    home: Path
    process: subprocess.Popen[bytes]
    departments: Departments | None = None
    environment: dict[str, str] = field(default_factory=dict)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End the process; returns its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.wait(30)

    def log(self) -> str:
        """What it printed."""
        return (self.home / "gateway.log").read_text(errors="replace")

    def say(self, sender: str, message: str) -> list[dict[str, Any]]:
        """One message through the REST channel."""
        answer = requests.post(
            f"{self.url}/webhooks/rest/webhook", json={"sender": sender, "message": message},
            timeout=SECONDS,
        )
        assert answer.status_code == 200, answer.text
        replies: list[dict[str, Any]] = answer.json()
        return replies

    def sign_in(self, sender: str, citizen: str) -> requests.Response:
        """Sign a REST sender in as a sample citizen; the gateway needs GATEWAY_SAMPLE_SIGN_IN."""
        told = {"sender": sender, "citizen": citizen}
        return requests.post(f"{self.url}/sample/sign-in", json=told, timeout=SECONDS)

    def understand(self, text: str) -> dict[str, Any]:
        """What the understanding API says of ``text``."""
        answer = requests.post(f"{self.url}/api/understand", json={"text": text}, timeout=SECONDS)
        assert answer.status_code == 200, answer.text
        understood: dict[str, Any] = answer.json()
        return understood


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_gateway(
    home: Path, departments: Departments | None = None, **environment: str
) -> Gateway:
    """Start a gateway and wait until it is ready.

    Raises:
        RuntimeError: it ended, or was not ready in a minute; the message holds what it printed.
    """
    home.mkdir(parents=True, exist_ok=True)
    port = free_port()
    given = {
        **os.environ, "GATEWAY_HOME": str(home), "GATEWAY_PORT": str(port),
        "GATEWAY_ADMIN_PASSWORD": PASSWORD, "GATEWAY_MESSAGES_PER_MINUTE": "100000",
        **environment,
    }
    if departments is not None:
        given["GATEWAY_CONNECTOR_SECRETS"] = str(departments.secrets_file)
        given["GATEWAY_CONNECTOR_ADDRESSES"] = ",".join(
            f"{name}={address}" for name, address in departments.addresses.items()
        )
    with (home / "gateway.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "gateway", "serve"], cwd=ROOT, env=given, stdout=log, stderr=log
        )
    gateway = Gateway(f"http://127.0.0.1:{port}", home, process, departments, given)
    end = time.monotonic() + 120
    while time.monotonic() < end and process.poll() is None:
        try:
            if requests.get(f"{gateway.url}/ready", timeout=5).status_code == 200:
                return gateway
        except requests.ConnectionError:
            time.sleep(0.2)
    process.kill()
    raise RuntimeError(f"the gateway did not get ready:\n{gateway.log()}")
