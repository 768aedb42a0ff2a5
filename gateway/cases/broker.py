"""The doorbell across processes: a message a submission on a RabbitMQ queue.

The message carries nothing but the ring. The submission itself is in the database, so a lost message
costs a second and a doubled one costs one look.
"""

from __future__ import annotations

import logging
import socket
import threading

from kombu import Connection, Consumer, Queue
from kombu.exceptions import OperationalError

from gateway.cases.delivery import LocalDoorbell

log = logging.getLogger("yiwen.broker")

QUEUE = Queue("yiwen.submissions", durable=True)
LONGEST_LISTEN = 1.0


class BrokerDoorbell:
    """Rings and hears through the broker, and in this process too, so that a broker that is
    away only makes delivery slower."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._near = LocalDoorbell()
        self._threads = threading.local()

    def ring(self) -> None:
        """Ring in this process and, if the broker answers, in one other."""
        self._near.ring()
        try:
            with Connection(self._url, connect_timeout=2) as connection:
                connection.SimpleQueue(QUEUE).put(b"", serializer=None, content_type="application/data", content_encoding="binary")
        except (OperationalError, OSError) as error:
            log.warning("The broker did not take a ring (%s); workers look every second.", error)

    def wait(self, seconds: float) -> None:
        """Sleep until a ring is heard, or the time is over."""
        try:
            with (
                Connection(self._url, connect_timeout=2) as connection,
                Consumer(connection, queues=[QUEUE], callbacks=[_taken], prefetch_count=1),
            ):
                connection.drain_events(timeout=min(seconds, LONGEST_LISTEN))
        except socket.timeout:
            return
        except (OperationalError, OSError):
            self._near.wait(seconds)


def _taken(body: object, message: object) -> None:
    message.ack()  # type: ignore[attr-defined]
