"""Starting, weighing and ending the two sides. Every process is ended by the handle it was started with."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import requests

from benchmarks.plain_rasa import write_addresses
from gateway.settings import ROOT
from simulators.town import ORDER

START_SECONDS = 180
STOP_SECONDS = 20
POLL_SECONDS = 0.05
MESSAGES_A_MINUTE = "1000000"


class NotStarted(RuntimeError):
    """A server ended or did not answer in time; the message holds the end of what it printed."""


@dataclass
class Server:
    """One side, running. ``helpers`` are the sample departments: not part of what is weighed."""

    name: str
    url: str
    health: str
    folder: Path
    start_seconds: float = 0.0
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    helpers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def memory_mb(self) -> float:
        """Resident memory of all its processes and their children, in MB (10^6 bytes)."""
        total = 0
        for process in self.processes:
            family = psutil.Process(process.pid)
            for member in (family, *family.children(recursive=True)):
                total += member.memory_info().rss
        return total / 1e6

    def stop(self) -> None:
        """End everything that was started."""
        for process in (*self.processes, *self.helpers):
            if process.poll() is None:
                process.terminate()
        for process in (*self.processes, *self.helpers):
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def free_ports(count: int, first: int | None) -> list[int]:
    """``count`` ports in a row that nobody listens on, from ``first`` or from where there is room.

    Raises:
        NotStarted: a port of the wanted row is taken.
    """
    if first is not None:
        taken = [p for p in range(first, first + count) if not _free(p)]
        if taken:
            raise NotStarted(f"Port {taken[0]} is taken. Choose other ones with --ports.")
        return list(range(first, first + count))
    for start in range(20000, 60000, 100):
        row = list(range(start, start + count))
        if all(_free(p) for p in row):
            return row
    raise NotStarted("No free ports between 20000 and 60000.")


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return probe.connect_ex(("127.0.0.1", port)) != 0


def start_gateway(folder: Path, ports: list[int]) -> Server:
    """The gateway as a new user gets it, with the sample departments; only the limit of messages
    a minute is raised.

    Raises:
        NotStarted: it did not become ready.
    """
    port, base = ports[0], ports[1]
    home, secrets = folder / "home", folder / "home" / "connector-secrets.yml"
    home.mkdir(parents=True)
    simulators = [
        "simulators", "--hurry", "--base-port", str(base), "--state", str(folder / "departments"),
        "--secrets", str(secrets),
    ]
    here = {k: v for k, v in os.environ.items() if not k.startswith("GATEWAY_")}
    addresses = [f"{name}=http://127.0.0.1:{base + n}" for n, name in enumerate(ORDER, 1)]
    server = Server(
        "gateway", f"http://127.0.0.1:{port}/webhooks/rest/webhook",
        f"http://127.0.0.1:{port}/health", folder,
    )
    try:
        server.helpers.append(_start(simulators, ROOT, here, folder / "departments.log"))
        _wait([a.partition("=")[2] + "/" for a in addresses], server.helpers, folder)
        given = {
            **here, "GATEWAY_HOME": str(home), "GATEWAY_MESSAGES_PER_MINUTE": MESSAGES_A_MINUTE,
            "GATEWAY_CONNECTOR_ADDRESSES": ",".join(addresses),
        }
        started = time.perf_counter()
        command = ["gateway", "serve", "--port", str(port)]
        server.processes.append(_start(command, ROOT, given, folder / "gateway.log"))
        _wait([f"http://127.0.0.1:{port}/ready"], server.processes, folder)
        server.start_seconds = time.perf_counter() - started
    except BaseException:
        server.stop()
        raise
    return server


def train_gateway() -> None:
    """Bring the gateway's model up to date, so that its start is measured without a training.

    Raises:
        NotStarted: the training failed; its own words stand above.
    """
    command = [sys.executable, "-m", "gateway", "train"]
    done = subprocess.run(command, cwd=ROOT, check=False)  # noqa: S603 - our own command
    if done.returncode:
        raise NotStarted("The gateway's model could not be trained.")


def start_plain(folder: Path, project: Path, model: Path, ports: list[int]) -> Server:
    """``rasa run`` and ``rasa run actions`` in ``project``, started at the same time.

    Raises:
        NotStarted: one of them did not answer.
    """
    port, action_port = ports[0], ports[1]
    write_addresses(project, action_port)
    (project / "models").mkdir(exist_ok=True)
    shutil.copy(model, project / "models")
    given = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3"}
    base = f"http://127.0.0.1:{port}"
    server = Server("plain Rasa", f"{base}/webhooks/rest/webhook", f"{base}/", folder)
    started = time.perf_counter()
    try:
        for command, log in (
            (["rasa", "run", "--port", str(port)], "rasa.log"),
            (["rasa", "run", "actions", "--port", str(action_port)], "actions.log"),
        ):
            server.processes.append(_start(command, project, given, folder / log))
        ready = [f"{base}/webhooks/rest/", f"http://127.0.0.1:{action_port}/health"]
        _wait(ready, server.processes, folder)
        server.start_seconds = time.perf_counter() - started
    except BaseException:
        server.stop()
        raise
    return server


def count(database: Path, question: str) -> int:
    """The one number that an SQL question gives."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return int(connection.execute(question).fetchone()[0])


def _start(
    command: list[str], folder: Path, environment: dict[str, str], log: Path
) -> subprocess.Popen[bytes]:
    with log.open("wb") as out:
        return subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", *command], cwd=folder, env=environment, stdout=out,
            stderr=subprocess.STDOUT,
        )


def _wait(
    addresses: list[str], processes: list[subprocess.Popen[bytes]], folder: Path
) -> None:
    end = time.monotonic() + START_SECONDS
    waiting = list(addresses)
    while waiting:
        if any(p.poll() is not None for p in processes) or time.monotonic() > end:
            raise NotStarted(f"{waiting[0]} did not answer.\n{_last_words(folder)}")
        try:
            if requests.get(waiting[0], timeout=5).status_code == 200:
                waiting.pop(0)
                continue
        except requests.RequestException:
            pass
        time.sleep(POLL_SECONDS)


def _last_words(folder: Path) -> str:
    logs = sorted(folder.glob("*.log"))
    return "\n".join(f"--- {f.name}\n{f.read_text(errors='replace')[-1500:]}" for f in logs)
