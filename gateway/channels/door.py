"""The door: the one way from any channel into the assistant, and the only one.

It checks what comes in, hands it to the agent, records the turn and makes sure that every message
gets a reply: never an empty one, never an exception.
"""

from __future__ import annotations

import asyncio
import contextvars
import datetime as dt
import json
import logging
import re
import time
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.core.lock_store import LockError
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.orm import Session

from gateway.channels.facts import custom_of, read_facts
from gateway.channels.limits import RateLimit
from gateway.channels.output import Collector, tidy
from gateway.channels.script import in_script
from gateway.conversations.log import TurnFacts, write_turn
from gateway.core import Core
from gateway.errors import CitizenError

log = logging.getLogger("yiwen.door")

LONGEST_MESSAGE = 2000
LONGEST_SENDER = 128
SLOW_THREADS = 4
Result = TypeVar("Result")
PAYLOAD = re.compile(r"/([a-z_]+)\s*(\{.*\})?\s*", re.DOTALL)
SIGN_IN_NUMBER = re.compile(r"\W*(\d{3})\W?(\d{3})\W*")
RASA_INTENTS = {"back", "session_start", "nlu_fallback"}
KNOWN_ENTITIES = {"item", "aspect", "value", "skip", "element", "receipt", "sure", "department"}


@dataclass
class Passage:
    """One message on its way through the door."""

    sender: str
    citizen: str
    text: str
    output: Collector
    started: float = field(default_factory=time.perf_counter)
    custom: dict[str, Any] = field(default_factory=dict)
    script: str | None = None


_passage: contextvars.ContextVar[Passage | None] = contextvars.ContextVar("passage", default=None)


class Door:
    """Handles messages of every channel. ``agent`` is set when the model is loaded."""

    def __init__(self, core: Core, limit: RateLimit) -> None:
        self._core = core
        self._limit = limit
        self.agent: Agent | None = None
        self._slow = ThreadPoolExecutor(SLOW_THREADS, thread_name_prefix="files")

    async def handle(self, channel: str, sender: str, text: str) -> list[dict[str, Any]]:
        """The replies to one message, in Rasa's REST shape.

        Raises:
            CitizenError: the message is refused before it reaches the assistant: too long, or too
                many in a minute. The channel answers in its own way.
        """
        if len(text) > LONGEST_MESSAGE:
            raise CitizenError("utter_too_long", found=len(text), most=LONGEST_MESSAGE)
        await self.admit(channel, sender)
        sender = f"{channel}:{sender}"
        text = self.safe_text(text)
        if not re.search(r"\w", text):
            return [self.reply(sender, self.words("utter_nothing_readable"))]
        text = await asyncio.to_thread(self._without_number, sender, text)
        citizen = await asyncio.to_thread(self._core.citizens.of, sender)
        passage = Passage(sender, citizen, text, Collector(channel))
        token = _passage.set(passage)
        try:
            await self._pass(passage)
        finally:
            _passage.reset(token)
        return self._finished(passage)

    async def admit(self, channel: str, sender: str) -> None:
        """Let one more message or photo of a sender in.

        Raises:
            CitizenError: too many in a minute.
        """
        if not await self._limit.allow(f"{channel}:{sender}"):
            raise CitizenError("utter_too_fast")

    async def slowly(self, work: Callable[..., Result], *given: Any) -> Result:
        """Run what may take seconds (a look through a PDF, a call to WeChat) where no turn waits behind it."""
        return await asyncio.get_running_loop().run_in_executor(self._slow, work, *given)

    async def open_question(self, sender: str) -> dict[str, Any] | None:
        """The question of a form that waits for this sender's answer (slot ``draft``), if one does.
        ``sender`` is ``channel:id``."""
        if self.agent is None:
            return None
        tracker = await self.agent.tracker_store.retrieve(sender)
        if tracker is None or not tracker.active_loop_name:
            return None
        return dict(tracker.get_slot("draft") or {})

    @property
    def core(self) -> Core:
        """The services behind the door."""
        return self._core

    async def _pass(self, passage: Passage) -> None:
        if self.agent is None:
            raise RuntimeError("the model is not loaded")
        message = UserMessage(
            passage.text, passage.output, passage.sender,
            input_channel=passage.sender.partition(":")[0],
        )
        try:
            await self.agent.handle_message(message)
        except LockError:
            log.warning("A conversation is busy; its citizen is asked to wait.")
            passage.output.messages.append(self.reply(passage.sender, self.words("utter_busy")))
        except Exception:
            log.exception("A turn failed.")
            passage.output.messages.append(self.reply(passage.sender, self.words("utter_our_fault")))

    def _finished(self, passage: Passage) -> list[dict[str, Any]]:
        replies = passage.output.messages or [
            self.reply(passage.sender, self.words("utter_not_understood"))
        ]
        bare = passage.sender.partition(":")[2]
        in_script(replies, passage.script)
        for reply in replies:
            reply["recipient_id"] = bare
            if passage.custom:
                reply["custom"] = {**passage.custom, **(reply.get("custom") or {})}
        return replies

    def record(self, session: Session, tracker: DialogueStateTracker) -> None:
        """Write the turn; called inside the transaction that saves the conversation's memory."""
        passage = _passage.get()
        if passage is None or tracker.latest_message is None:
            return
        passage.script = tracker.get_slot("script")
        if tracker.active_loop_name is None:  # nothing comes between a question and its answer
            passage.output.messages += self.notices(session, passage.citizen, passage.sender)
        catalogue = self._core.live.current
        facts = read_facts(tracker, catalogue, passage.sender, passage.text, passage.output.messages)
        passage.custom = custom_of(facts, tracker)
        facts.known = self._known(passage.citizen, tracker)
        facts.milliseconds = round((time.perf_counter() - passage.started) * 1000, 1)
        write_turn(session, passage.citizen, facts, self._core.store.clock())

    def notices(
        self, session: Session, citizen: str, sender: str, now: dt.datetime | None = None
    ) -> list[dict[str, Any]]:
        """What there is to tell of the citizen's cases; told once, in the session's own transaction."""
        replies = []
        for told in self._core.notices.take(session, citizen, now):
            reply = self.reply(sender, tidy(self.words(f"utter_notice_{told.kind}", **told.words)))
            replies.append({**reply, "buttons": told.buttons} if told.buttons else reply)
        return replies

    def _known(self, citizen: str, tracker: DialogueStateTracker) -> tuple[str, ...]:
        """Personal values of the draft in hand, to be masked wherever they stand."""
        draft = tracker.get_slot("draft") or {}
        if not draft.get("id"):
            return ()
        try:
            answers = self._core.drafts.load(citizen, draft["id"]).answers
        except CitizenError:
            return ()
        elements = self._core.live.current.elements
        return tuple(v for e, v in answers.items() if elements[e].sensitivity.value != "public")

    def safe_text(self, text: str) -> str:
        """The message with control characters removed, and with a leading slash only if it is a
        payload that one of our buttons could have sent."""
        text = re.sub(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]", " ", text).strip()
        if not text.startswith("/"):
            return text
        match = PAYLOAD.fullmatch(text)
        if match and match.group(1) in self._acts() and _plain(match.group(2)):
            return text
        return text.lstrip("/ ").strip() or "？"

    def _without_number(self, sender: str, text: str) -> str:
        """The number that ends a sign-in is redeemed here and goes no further: neither understood nor kept."""
        digits = SIGN_IN_NUMBER.fullmatch(unicodedata.normalize("NFKC", text))
        if digits is None or self._core.sign_ins.left(sender) is None:
            return text
        self._core.sign_ins.confirm(sender, "".join(digits.groups()))
        return "/sign_in"

    def _acts(self) -> set[str]:
        domain = self.agent.domain if self.agent else None
        return set(domain.intents) - RASA_INTENTS if domain else set()

    def words(self, response: str, **values: Any) -> str:
        """The text of a response, for replies that the agent does not make."""
        domain = self.agent.domain if self.agent else None
        texts = domain.responses.get(response) if domain else None
        return str(texts[0]["text"]).format(**values) if texts else response

    @staticmethod
    def reply(sender: str, text: str) -> dict[str, Any]:
        """One reply with nothing but text."""
        return {"recipient_id": sender.partition(":")[2], "text": text}


def _plain(entities: str | None) -> bool:
    """Whether the braces hold known names with short plain values."""
    if not entities:
        return True
    try:
        read = json.loads(entities)
    except (ValueError, RecursionError):
        return False
    return isinstance(read, dict) and all(
        name in KNOWN_ENTITIES and isinstance(value, str) and len(value) <= 200
        for name, value in read.items()
    )


__all__ = ["Door", "TurnFacts"]
