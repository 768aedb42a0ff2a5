"""How often an office lets itself be called."""

from __future__ import annotations

import collections
import threading
import time
from collections.abc import Callable


class Pace:
    """Counts calls of the last second; ``most`` 0 is no limit."""

    def __init__(self, most: int, now: Callable[[], float] = time.monotonic) -> None:
        self._most, self._now = most, now
        self._calls: collections.deque[float] = collections.deque()
        self._lock = threading.Lock()

    def is_over(self) -> bool:
        """Count one call; whether it is one too many."""
        if not self._most:
            return False
        with self._lock:
            now = self._now()
            while self._calls and self._calls[0] <= now - 1:
                self._calls.popleft()
            if len(self._calls) >= self._most:
                return True
            self._calls.append(now)
            return False
