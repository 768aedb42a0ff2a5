"""``python -m simulators`` as a person calls it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import requests

from gateway.settings import ROOT
from simulators.accounts import ACCOUNTS, password
from simulators.secrets import ensure
from simulators.town import ORDER
from tests.support.departments import free_base


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "simulators", *arguments]


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_the_command_starts_all_and_ends_cleanly(tmp_path: Path, ending: signal.Signals) -> None:
    base = free_base()
    with subprocess.Popen(  # noqa: S603 (our own command)
        command("--base-port", str(base), "--state", str(tmp_path)),
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:
        assert process.stdout is not None
        watchdog = threading.Timer(30, process.kill)
        watchdog.start()
        lines = [process.stdout.readline() for _ in range(len(ORDER) + 1)]
        assert [line.split() for line in lines[:-1]] == [
            [name, f"http://127.0.0.1:{base + number}/"] for number, name in enumerate(ORDER, start=1)
        ]
        assert not any(account.id_number in "".join(lines) for account in ACCOUNTS)
        for number in (1, len(ORDER)):
            answer = requests.get(f"http://127.0.0.1:{base + number}/ledger", timeout=5)
            assert answer.json() == []
        process.send_signal(ending)
        _, errors = process.communicate()
        watchdog.cancel()
    assert (process.returncode, errors) == (0, "")


def test_a_taken_port_is_one_sentence_and_exit_one(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(  # noqa: S603 (our own command)
            command("--base-port", str(port - 1), "--state", str(tmp_path)),
            cwd=ROOT, capture_output=True, text=True, timeout=30, check=False,
        )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert f"Port {port} for public-security cannot be had" in done.stderr


def test_the_sample_accounts_can_be_shown(tmp_path: Path) -> None:
    done = subprocess.run(  # noqa: S603 (our own command)
        command("--show-accounts", "--state", str(tmp_path)),
        cwd=ROOT, capture_output=True, text=True, timeout=30, check=True,
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    seed = ensure(tmp_path / "secrets.yml")["housing-fund-passwords"]
    for account in ACCOUNTS:
        assert account.id_number in done.stdout
        assert password(seed, account) in done.stdout
