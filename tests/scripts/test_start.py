"""Starting and ending several processes as one."""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path

import psutil
import pytest

from scripts.start import FIRST_BASE, Together, free_base


def test_a_part_that_will_not_end_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    together = Together(patience=0.2)
    note = tmp_path / "pids"
    together.start("tests.scripts.deaf", str(note), environment=dict(os.environ))
    end = time.monotonic() + 20
    while not (note.exists() and note.read_text()) and time.monotonic() < end:
        time.sleep(0.02)
    pids = [int(pid) for pid in note.read_text().split()]
    assert all(psutil.pid_exists(pid) for pid in pids)
    together.end()
    end = time.monotonic() + 5  # a killed grandchild is gone a moment after its group was signalled
    while any(runs(pid) for pid in pids) and time.monotonic() < end:
        time.sleep(0.02)
    assert not [pid for pid in pids if runs(pid)]


def runs(pid: int) -> bool:
    """Whether that process still does anything; a child that nobody waits for may linger as dead."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def test_departments_move_to_free_ports_when_one_of_theirs_is_taken() -> None:
    base = free_base(1)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", base + 2))
        taken.listen()
        assert free_base(1) > base


@pytest.mark.parametrize("number", [1, 2, 3])
def test_departments_leave_the_port_of_the_gateway_alone(number: int) -> None:
    base = free_base(1)
    assert base >= FIRST_BASE
    assert free_base(base + number) != base
