"""``python -m gateway evaluate`` as people run it: a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from gateway.settings import ROOT

SECONDS = 900
"""Far more than it takes; a shared machine may be slow."""


def evaluate(file: Path, home: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the command on ``file`` with ``home`` as GATEWAY_HOME."""
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "gateway", "evaluate", str(file), *options], cwd=ROOT, text=True,
        capture_output=True, timeout=SECONDS, check=False, env={**os.environ, "GATEWAY_HOME": str(home)},
    )
