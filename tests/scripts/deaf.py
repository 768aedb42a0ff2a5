"""``python -m tests.scripts.deaf FILE``: a program that does not end when asked, nor does its child.

Writes the process ids of both to FILE once they are deaf.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    child = os.fork()
    if child:
        Path(sys.argv[1]).write_text(f"{os.getpid()} {child}", encoding="utf-8")
    time.sleep(60)
