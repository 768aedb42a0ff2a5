"""The doorbell across processes: one message a submission on a RabbitMQ queue.

The message carries nothing but the ring. The submission itself is in the database, so a lost message
costs a second and a doubled one costs one look.
"""

from __future__ import annotations

import logging
import threading
from typing import Any

from kombu import pools
from kombu.connection import Connection
from kombu.entity import Queue
from kombu.exceptions import KombuError, OperationalError
from kombu.messaging import Consumer

from gateway.cases.doorbell import LocalDoorbell

log = logging.getLogger("yiwen.broker")

QUEUE_NAME = "yiwen.submissions"
CONNECT_SECONDS = 2
STALE = 10
"""Seconds after which an unheard ring is dropped: workers have looked for themselves by then."""


class BrokerDoorbell:
    """Rings through the broker, and in this process too, so that a broker that is away only makes
    delivery slower. Every worker thread keeps one connection."""

    def __init__(self, url: str, queue: str = QUEUE_NAME) -> None:
        self._url = url
        self._queue = Queue(queue, durable=True)
        self._producers = pools.producers[Connection(url, connect_timeout=CONNECT_SECONDS)]
        self._near = LocalDoorbell()
        self._thread = threading.local()

    def ring(self) -> None:
        """Ring in this process and, if the broker answers, in one other."""
        self._near.ring()
        try:
            with self._producers.acquire(block=True, timeout=CONNECT_SECONDS) as producer:
                producer.publish(
                    "", routing_key=self._queue.name, declare=[self._queue], retry=True,
                    retry_policy={"max_retries": 1}, expiration=STALE,
                )
        except (KombuError, OSError) as error:
            log.warning("The broker took no ring (%s); workers look every second.", type(error).__name__)

    def wait(self, seconds: float) -> None:
        """Sleep until a ring is heard, or the time is over."""
        try:
            self._connection().drain_events(timeout=seconds)
        except TimeoutError:
            return
        except (OperationalError, OSError) as error:
            log.warning("The broker is away (%s).", type(error).__name__)
            self.close()
            self._near.wait(seconds)

    def close(self) -> None:
        """Give this thread's connection back."""
        kept = getattr(self._thread, "connection", None)
        self._thread.connection = None
        if kept is not None:
            kept.release()

    def _connection(self) -> Any:
        kept = getattr(self._thread, "connection", None)
        if kept is None:
            kept = Connection(self._url, connect_timeout=CONNECT_SECONDS)
            kept.ensure_connection(max_retries=1)
            self._thread.consumer = Consumer(
                kept.channel(), queues=[self._queue], callbacks=[_heard], prefetch_count=1
            )
            self._thread.consumer.consume()
            self._thread.connection = kept
        return kept


def _heard(body: object, message: Any) -> None:
    message.ack()
