"""How many messages a sender may send in a minute: counted in memory, or in Redis for many processes."""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import Protocol

from redis.asyncio import Redis
from redis.exceptions import RedisError

WINDOW = 60
MOST_REMEMBERED = 100_000


class RateLimit(Protocol):
    """Counts what senders do."""

    async def allow(self, who: str) -> bool:
        """Count one message; False when it is one too many in this minute."""


class LocalLimit:
    """Counts in this process."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._counts: OrderedDict[tuple[str, int], int] = OrderedDict()

    async def allow(self, who: str) -> bool:
        """See RateLimit."""
        key = (who, int(time.time()) // WINDOW)
        self._counts[key] = self._counts.get(key, 0) + 1
        while len(self._counts) > MOST_REMEMBERED:
            self._counts.popitem(last=False)
        return self._counts[key] <= self._most


class RedisLimit:
    """Counts in Redis, so that all processes count together. If Redis is away, all may pass."""

    def __init__(self, url: str, most: int) -> None:
        self._most = most
        self._redis = Redis.from_url(url, socket_timeout=2)

    async def allow(self, who: str) -> bool:
        """See RateLimit."""
        key = f"yiwen:limit:{who}:{int(time.time()) // WINDOW}"
        try:
            async with self._redis.pipeline() as pipe:
                count, _ = await pipe.incr(key).expire(key, 2 * WINDOW).execute()
        except RedisError:
            return True
        return int(count) <= self._most
