"""``scripts/run`` as a person calls it: one command starts everything, and one signal ends it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import requests

from gateway.settings import ROOT
from simulators.town import ORDER
from tests.support.gateway import free_port

SECONDS = 180


def run(*options: str, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Call it and wait for its end."""
    return subprocess.run(  # noqa: S603 - our own script
        [str(ROOT / "scripts" / "run"), *options], capture_output=True, text=True, check=False,
        timeout=SECONDS, stdin=subprocess.DEVNULL,
        env={**os.environ, "GATEWAY_HOME": str(home), **environment},
    )


def left_over(home: Path) -> list[int]:
    """Processes that were started with that GATEWAY_HOME and still run."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get("GATEWAY_HOME") == str(home):
                found.append(process.pid)
    return found


def test_help_shows_every_option_and_starts_nothing(tmp_path: Path) -> None:
    told = run("--help", home=tmp_path / "home")
    assert told.returncode == 0
    assert all(option in told.stdout for option in ("--port", "--no-simulators", "--help"))
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("options", [
    ["--prot", "5005"], ["serve"], ["--port"], ["--port", "0"], ["--port", "65536"],
    ["--port", "08"], ["--port=many"], ["--port", "-1"],
])
def test_an_option_that_cannot_be_meant_shows_the_usage(options: list[str], tmp_path: Path) -> None:
    told = run(*options, home=tmp_path / "home")
    assert told.returncode == 2
    assert told.stderr.startswith("scripts/run: ")
    assert "Usage:" in told.stderr
    assert not (tmp_path / "home").exists()


def test_a_taken_port_is_told_in_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        told = run("--port", port, home=tmp_path / "home")
    assert told.returncode == 1
    assert f"Port {port} on 127.0.0.1 cannot be used" in told.stderr
    assert len(told.stderr.splitlines()) == 1
    assert not left_over(tmp_path / "home")


def test_a_home_that_cannot_be_written_is_told_in_one_sentence(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.write_text("a file stands where the folder should be")
    told = run("--port", str(free_port()), home=home)
    assert told.returncode == 1
    assert f"GATEWAY_HOME ({home}) cannot be written" in told.stderr
    assert len(told.stderr.splitlines()) == 1


def test_a_setting_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    told = run(home=tmp_path / "home", GATEWAY_WORKERS="many")
    assert told.returncode == 1
    assert told.stderr.startswith("scripts/run: GATEWAY_WORKERS: ")
    assert len(told.stderr.splitlines()) == 1


@pytest.mark.parametrize("options", [[], ["--no-simulators"]], ids=["all", "gateway alone"])
def test_a_broken_catalogue_file_is_named_and_nothing_keeps_running(
    options: list[str], tmp_path: Path
) -> None:
    catalogue = tmp_path / "catalogue"
    shutil.copytree(ROOT / "catalogue", catalogue)
    (catalogue / "public-security" / "id-card-lost.yml").write_text("item: id-card-lost\nnmae: x\n")
    home = tmp_path / "home"
    told = run("--port", str(free_port()), *options, home=home, GATEWAY_CATALOGUE=str(catalogue))
    assert told.returncode == 1
    assert "public-security/id-card-lost.yml" in told.stderr
    assert "nmae" in told.stderr
    assert "Traceback" not in told.stderr
    assert ("Sample departments" in told.stdout) is not bool(options)
    assert not left_over(home)


@pytest.fixture
def somebody_else() -> Iterator[None]:
    """Another program on the port that the first department would take."""
    with socket.socket() as taken:
        with contextlib.suppress(OSError):  # a gateway of this machine's owner has it already
            taken.bind(("127.0.0.1", 5101))
            taken.listen()
        yield


@pytest.mark.usefixtures("somebody_else")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "terminated"])
def test_one_command_starts_everything_and_one_signal_ends_it(
    how: signal.Signals, tmp_path: Path
) -> None:
    link = tmp_path / "yiwen"
    link.symlink_to(ROOT / "scripts" / "run")
    home, port = tmp_path / "my home", free_port()
    process = subprocess.Popen(  # noqa: S603 - our own script
        [str(link), "--port", str(port)], cwd=tmp_path, text=True, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
        env={**os.environ, "GATEWAY_HOME": "my home"},  # relative: to where it is called from
    )
    said = Reader(process)
    try:
        state = wait_until_ready(process, port, said)
        assert state["connectors"] == dict.fromkeys(ORDER, "ready")
        assert said.has(f"Citizen page     http://127.0.0.1:{port}/")
        assert (home / "gateway.db").exists()
        started = left_over(home)
        os.killpg(process.pid, how)
        assert process.wait(30) == 0, said.text()
    finally:
        process.kill()
    assert started
    assert not left_over(home)
    assert "Traceback" not in said.text()


class Reader:
    """Keeps what a process says, read in a thread of its own so that the process never waits."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._lines: list[str] = []
        self._thread = threading.Thread(target=self._read, args=(process,), daemon=True)
        self._thread.start()

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout:
            self._lines.extend(iter(process.stdout.readline, ""))

    def has(self, words: str) -> bool:
        """Whether it said that, now or within ten seconds."""
        end = time.monotonic() + 10
        while words not in "".join(self._lines) and time.monotonic() < end:
            time.sleep(0.05)
        return words in "".join(self._lines)

    def text(self) -> str:
        """All of it; call it when the process has ended."""
        self._thread.join(10)
        return "".join(self._lines)


def wait_until_ready(
    process: subprocess.Popen[str], port: int, said: Reader
) -> dict[str, dict[str, str]]:
    """What ``/ready`` answers."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        assert process.poll() is None, said.text()
        try:
            answer = requests.get(f"http://127.0.0.1:{port}/ready", timeout=5)
        except requests.ConnectionError:
            time.sleep(0.2)
            continue
        if answer.status_code == 200:
            state: dict[str, dict[str, str]] = answer.json()
            return state
    raise AssertionError("it did not get ready")
