"""Telling people the news of their cases while they are there, without a message of theirs.

The rules are those of a turn: nothing between a question and its answer, each notice once, and a row in the turn
log. Where a channel cannot reach somebody, the notice waits for the next message as ever.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.lock_store import LockError
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.orm import Session

from gateway.channels.door import Door
from gateway.channels.script import in_script
from gateway.conversations.log import TurnFacts, write_turn

log = logging.getLogger("yiwen.news")

Send = Callable[[list[dict[str, Any]]], Awaitable[bool]]
"""Brings replies to somebody; False when they did not arrive."""


class News:
    """What waits for a sender, told now."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._board = door.core.notices

    async def take(self, sender: str) -> list[dict[str, Any]]:
        """The notices of a sender (``channel:id``) as replies; they count as told. None while a question waits
        for its answer."""
        return await self._claim(sender, self._door.core.store.clock(), logged=True)

    async def bring(self, sender: str, send: Send) -> bool:
        """Tell a sender what waits, by ``send``; what did not arrive waits again. False if it did not."""
        store, at = self._door.core.store, self._door.core.store.clock()
        replies = await self._claim(sender, at, logged=False)
        if not replies:
            return True
        citizen = await asyncio.to_thread(self._door.core.citizens.of, sender)
        try:
            arrived = await send(replies)
        except Exception:
            log.exception("News could not be sent; they wait again.")
            arrived = False
        if not arrived:
            await asyncio.to_thread(self._board.give_back, citizen, at)
            return False

        def write() -> None:
            with store.write() as session:
                self._log(session, sender, citizen, replies)

        await asyncio.to_thread(write)
        return True

    async def _claim(self, sender: str, at: dt.datetime, *, logged: bool) -> list[dict[str, Any]]:
        citizen = await asyncio.to_thread(self._door.core.citizens.of, sender)
        agent = self._door.agent
        if agent is None or not await asyncio.to_thread(self._board.are_waiting, citizen):
            return []

        def told() -> list[dict[str, Any]]:
            with self._door.core.store.write() as session:
                replies = in_script(self._door.notices(session, citizen, sender, at), script)
                if replies and logged:
                    self._log(session, sender, citizen, replies)
            return replies

        try:
            async with agent.lock_store.lock(sender):
                tracker = await agent.tracker_store.retrieve(sender)
                if tracker is None or _waits_for_an_answer(tracker):
                    return []
                script = tracker.get_slot("script")
                return await asyncio.to_thread(told)
        except LockError:
            return []  # a message is being handled: its reply brings the news

    def _log(self, session: Session, sender: str, citizen: str, replies: list[dict[str, Any]]) -> None:
        facts = TurnFacts(sender, "", replies, state="told", unasked=True)
        write_turn(session, citizen, facts, self._door.core.store.clock())


def _waits_for_an_answer(tracker: DialogueStateTracker) -> bool:
    return bool(tracker.active_loop_name) or tracker.get_slot("state") == "clarifying"
