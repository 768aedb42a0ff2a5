"""The sample departments for tests: started on free ports in a temporary folder, in threads."""

from __future__ import annotations

import contextlib
import dataclasses
import random
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests

from connectors.manifest_file import FILE_NAME, load_manifest
from gateway.settings import ROOT
from simulators.accounts import ACCOUNTS, password
from simulators.secrets import ensure
from simulators.services import PORTS
from simulators.town import ORDER, running

SECONDS = 10


@dataclasses.dataclass(frozen=True)
class Departments:
    """Running sample departments. ``addresses`` and ``secrets_file`` are what the gateway needs."""

    addresses: dict[str, str]
    secrets_file: Path
    secrets: dict[str, str]
    stop: Callable[[], None]

    def ledger(self, department: str, receipt: str = "") -> list[dict[str, Any]]:
        """The department's own list of cases, the newest first; those of one ``receipt`` when it is given."""
        answer = requests.get(
            f"{self._page(department)}/ledger", {"receipt": receipt} if receipt else {}, timeout=SECONDS
        )
        answer.raise_for_status()
        cases: list[dict[str, Any]] = answer.json()
        return cases

    def faults(self, department: str, **dial: Any) -> None:
        """Turn the fault dial: ``latency_ms``, ``fail``, ``times``, ``callbacks``; nothing turns it off."""
        self._control(department, "faults", dial)

    def call_back(self, department: str, gateway: str) -> None:
        """Let an office send its callbacks to the gateway at that address."""
        self._control(department, "gateway", {"address": gateway})

    def advance(self, department: str, reference: str, status: str = "") -> None:
        """Move a case to one of our case statuses, or one step on when none is given."""
        theirs = ""
        if status:
            manifest = load_manifest(ROOT / "catalogue" / department / FILE_NAME)
            theirs = next(code for code, ours in manifest.statuses.items() if ours == status)
        self._control(department, "advance", {"reference": reference, "status": theirs})

    def query_password(self, id_number: str) -> str:
        """The query password of a sample housing fund account."""
        account = next(a for a in ACCOUNTS if a.id_number == id_number)
        return password(self.secrets["housing-fund-passwords"], account)

    def _page(self, department: str) -> str:
        """Where people look at it: never with a certificate."""
        return self.addresses[department].replace("https://", "http://")

    def _control(self, department: str, dial: str, told: dict[str, Any]) -> None:
        address = f"{self._page(department)}/control/{dial}"
        answer = requests.post(address, json=told, timeout=SECONDS)
        if answer.status_code != 200:
            raise ValueError(answer.text)


def start_departments(folder: Path) -> Departments:
    """Start all sample departments with their state under ``folder``; call ``stop`` at the end."""
    secrets_file = folder / "secrets.yml"
    secrets = ensure(secrets_file)
    stack = contextlib.ExitStack()
    servers = stack.enter_context(running(folder / "departments", secrets))
    return Departments(
        addresses={server.department.name: server.address for server in servers},
        secrets_file=secrets_file,
        secrets=secrets,
        stop=stack.close,
    )


def free_base() -> int:
    """A base port whose next sixteen are free; below the range from which callers get theirs."""
    while True:
        base = random.randint(10_000, 30_000)  # noqa: S311 (a port)
        try:
            for port in (*range(base + 1, base + 1 + len(ORDER)), *(base + n for n in PORTS.values())):
                socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return base
