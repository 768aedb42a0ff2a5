"""A ticket: what a sign-in gives, kept in memory until it ends, one for all threads."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable
from typing import Optional, Union

from connectors.error_map import NOTHING_DONE, Broken
from connectors.transport import Reply
from gateway.errors import OurFault, RetryLater, YiwenError


@dataclasses.dataclass(frozen=True)
class Ticket:
    """``text`` proves who calls; ``ends`` in seconds of the monotonic clock."""

    text: str = dataclasses.field(repr=False)
    ends: float = float("inf")


class TicketBox:
    """Holds the ticket in force; ``fetch`` signs in. Threads that need one wait for the first's sign-in."""

    def __init__(self, fetch: Callable[[], Ticket], monotonic: Callable[[], float] = time.monotonic) -> None:
        self._fetch = fetch
        self._now = monotonic
        self._lock = threading.Lock()
        self._held: Optional[Ticket] = None

    def get(self) -> str:
        """The ticket in force; signs in when there is none or it has ended."""
        with self._lock:
            if self._held is None or self._now() >= self._held.ends:
                self._held = self._fetch()
            return self._held.text

    def drop(self, text: str) -> None:
        """The department took ``text`` no longer; a newer ticket stays."""
        with self._lock:
            if self._held is not None and self._held.text == text:
                self._held = None


def answer_of(reply: Union[Reply, Broken]) -> Reply:
    """The answer to a sign-in.

    Raises:
        RetryLater: there is none, or the department is overloaded: nothing was done.
        OurFault: its address or certificate is not right.
    """
    problem: Optional[YiwenError] = None
    if isinstance(reply, Broken):
        text = f"signing in: {reply.value}"
        problem = OurFault(text) if reply is Broken.unusable else RetryLater(text)
    elif reply.status in NOTHING_DONE or reply.status >= 500:
        problem = RetryLater(f"signing in: the department answered HTTP {reply.status}", after=reply.after)
    if problem is not None:
        raise problem
    assert isinstance(reply, Reply)
    return reply
