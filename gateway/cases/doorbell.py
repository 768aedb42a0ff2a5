"""How a commit wakes the delivery workers."""

from __future__ import annotations

import threading
from typing import Protocol


class Doorbell(Protocol):
    """How a commit wakes the workers."""

    def ring(self) -> None:
        """Say that there is work."""

    def wait(self, seconds: float) -> None:
        """Sleep until somebody rings, or the time is over."""

    def close(self) -> None:
        """End this thread's listening."""


class LocalDoorbell:
    """The doorbell of one process."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def ring(self) -> None:
        """Wake one waiting worker; it looks for work until there is none."""
        self._event.set()

    def wait(self, seconds: float) -> None:
        """See :class:`Doorbell`."""
        if self._event.wait(seconds):
            self._event.clear()

    def close(self) -> None:
        """See :class:`Doorbell`: nothing is held, so others are woken to look for the end, too."""
        self._event.set()
