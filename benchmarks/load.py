"""The load: conversations over HTTP with connections kept open, so many senders at a time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import aiohttp

HEALTH_SECONDS = 1.5
LONGEST_TURN = aiohttp.ClientTimeout(total=120)


@dataclass
class Heard:
    """Milliseconds of every message in the order in which they were answered, and what went wrong."""

    times: list[float] = field(default_factory=list)
    failed: int = 0
    seconds: float = 0.0
    words: list[str] = field(default_factory=list)


async def talk(
    url: str, conversations: Sequence[tuple[str, Sequence[str]]], senders: int
) -> Heard:
    """Hold ``conversations`` (sender, messages), ``senders`` of them at a time.

    A message is sent when the one before it is answered. An answer that is not a list of replies
    with status 200 counts as failed.
    """
    heard = Heard()
    waiting = iter(conversations)
    connector = aiohttp.TCPConnector(limit=senders)
    async with aiohttp.ClientSession(connector=connector, timeout=LONGEST_TURN) as client:

        async def sender() -> None:
            for name, messages in waiting:
                for message in messages:
                    await _say(client, url, name, message, heard)

        started = time.perf_counter()
        await asyncio.gather(*(sender() for _ in range(senders)))
        heard.seconds = time.perf_counter() - started
    return heard


async def _say(
    client: aiohttp.ClientSession, url: str, sender: str, message: str, heard: Heard
) -> None:
    started = time.perf_counter()
    async with client.post(url, json={"sender": sender, "message": message}) as response:
        body = await response.read()
        heard.times.append((time.perf_counter() - started) * 1000)
        replies = await response.json() if response.status == 200 else []
    if not replies:
        heard.failed += 1
    heard.words.append(
        "\n".join(r.get("text") or "" for r in replies) if replies else body.decode(errors="replace")
    )


async def health_rate(url: str, senders: int) -> float:
    """Requests a second that this client reaches on a route that does nothing.

    It must be far above the rate of messages: else the client is measured, not the server.
    """
    count = 0
    connector = aiohttp.TCPConnector(limit=senders)
    async with aiohttp.ClientSession(connector=connector) as client:
        started = time.perf_counter()

        async def ask() -> None:
            nonlocal count
            while time.perf_counter() - started < HEALTH_SECONDS:
                async with client.get(url) as response:
                    await response.read()
                count += 1

        await asyncio.gather(*(ask() for _ in range(senders)))
        return count / (time.perf_counter() - started)
