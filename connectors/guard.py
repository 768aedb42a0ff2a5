"""What stands before a department's door: is it open, is it up, is there room, are we too fast.

One guard a department and process. Whoever is held back learns it quickly, so that a department that is
slow or down costs no other one its threads. Nothing was sent then: the same call may be made again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Optional, TypeVar

from circuitbreaker import STATE_HALF_OPEN, CircuitBreaker
from pyrate_limiter import Duration, Limiter, Rate, StateBucket

from connectors.manifest import Manifest
from gateway.errors import RetryLater

FAILURES = 5
"""Calls in a row without an answer after which the department counts as down."""
PAUSE = 10
"""Seconds until one call tries whether it is up again."""
WAIT = 0.3
"""Seconds that a call waits for room at the department, or for its turn."""

T = TypeVar("T")


class HeldBack(RetryLater):
    """We did not call. ``reason``: ``down``, ``full`` or ``too_fast``."""

    def __init__(self, message: str, reason: str, *, after: Optional[float] = None) -> None:
        super().__init__(message, after=after)
        self.reason = reason


class _Down(Exception):
    """The department did not answer like one that works."""


class Guard:
    """Lets calls to one department through. Safe across threads."""

    def __init__(self, manifest: Manifest, *, failures: int = FAILURES, pause: float = PAUSE) -> None:
        self._department = manifest.department
        self._breaker = CircuitBreaker(
            failures, pause, expected_exception=(_Down, RetryLater), name=manifest.department
        )
        self._trial = threading.Lock()
        self._places = threading.BoundedSemaphore(manifest.at_once)
        self._pace = _pace(manifest.calls_per_minute)

    def run(self, call: Callable[[], T], is_down: Callable[[T], bool]) -> T:
        """Make ``call``; ``is_down`` says of what it gave whether the department seems to be down.

        Raises:
            HeldBack: it was not made.
        """
        with self._try_out(), self._place():
            return self._count(call, is_down)

    def _count(self, call: Callable[[], T], is_down: Callable[[T], bool]) -> T:
        result: list[T] = []
        try:
            with self._breaker:
                result.append(call())
                if is_down(result[0]):
                    raise _Down
        except _Down:
            pass
        return result[0]

    @contextmanager
    def _try_out(self) -> Iterator[None]:
        """Nobody passes while the circuit is open; after the pause one goes alone."""
        if self._breaker.opened:
            raise self._held("is down", "down", after=max(1, self._breaker.open_remaining))
        if self._breaker.state != STATE_HALF_OPEN:
            yield
            return
        if not self._trial.acquire(blocking=False):
            raise self._held("is being tried out", "down", after=1)
        try:
            yield
        finally:
            self._trial.release()

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self._places.acquire(timeout=WAIT):
            raise self._held("has as many calls of ours as it may have", "full")
        try:
            if self._pace is not None and not self._pace.try_acquire(blocking=True, timeout=WAIT):
                raise self._held("may not be called so often", "too_fast")
            yield
        finally:
            self._places.release()

    def _held(self, what: str, reason: str, after: Optional[float] = None) -> HeldBack:
        return HeldBack(f"{self._department} {what}", reason, after=after)


def _pace(calls: int) -> Optional[Limiter]:
    """So many calls a minute, evenly spread; 0 is no limit. Counted in this process."""
    if not calls:
        return None
    return Limiter(StateBucket([Rate(1, int(Duration.MINUTE) // calls)]))
