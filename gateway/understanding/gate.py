"""The answer gate: in a form, a good answer is an answer, whatever act it resembles.

The channel's door says in the message's metadata what the form expects (``expects``: element
id, type, choices). An address that looks like a question stays an address; a real question in
the middle of a form stays a question. It stands before the matcher, so that an answer never pays
for the search of an item.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message

from gateway import settings
from gateway.cases import answers, values
from gateway.cases.calendar import local_day
from gateway.cases.places import is_place
from gateway.catalogue.live import LiveCatalogue, shelf
from gateway.catalogue.model import Choice, Element, ElementType
from gateway.catalogue.regions import load_regions
from gateway.understanding.english import english_act
from gateway.understanding.text import normalise

ANSWERS = frozenset({"inform", "affirm", "deny", "choose"})
"""Acts that answer a question; every other act may interrupt a form (domain.yml: not_intent)."""
ABOUT_CASES = frozenset({
    "query_progress", "withdraw_case", "cancel_appointment", "supplement_case", "complaint", "rate",
    "hand_off", "crisis",
})
"""Acts that a receipt number may stand beside; any other with one asks for progress. A message that is a
place and nothing else (成都) is about the place."""
SMALL_TALK = frozenset({"greet", "thanks", "goodbye", "chitchat", "out_of_scope", "bot_identity"})
URGENT = frozenset({"crisis", "hand_off", "stop"})
FREE_TEXT = frozenset({ElementType.text, ElementType.address})
LONGEST_NAME = 6
_DECIDED = {"confirm", "consent"}
"""Questions whose answer is a yes or a no."""
_OPEN = {"text", *_DECIDED}
COMMAND = re.compile(
    r"^(?:算了|不办了|不填了|不弄了|停|退出|取消|结束|转人工|人工|帮助|重新开始|从头来|再说一遍|我?(?:也|真|还)?不(?:太|大)?(?:知道|清楚|晓得)|改一下.{0,6}|.{0,4}填错了)[吧了。!~ ]*$"
)
QUESTION = re.compile(r"[?？]|吗$|呢$|什么|怎么|咋|多少|哪|谁|为啥|多久|几天|啥")


@DefaultV1Recipe.register(
    [DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR], is_trainable=False
)
class AnswerGate(GraphComponent):
    """Settles the act of a message from what the form expects and how sure the classifier is."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Confidence from which an act interrupts a form; a free-text question needs more."""
        return {"interrupt": 0.4, "interrupt_free_text": 0.6}

    def __init__(self, config: dict[str, Any]) -> None:
        self._config = config
        self._live: LiveCatalogue | None = None

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
        execution_context: ExecutionContext,
    ) -> AnswerGate:
        """See GraphComponent."""
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Settle the act of each message."""
        for message in messages:
            text = message.get("text") or ""
            intent = message.get("intent") or {}
            if text.startswith("/") or not intent.get("name"):
                continue
            told = english_act(text)
            if told:  # the acts are learned in Chinese: nothing that was learned overrules the words
                message.set("intent_ranking", [], add_to_output=True)
                self._settle(message, {**intent, "confidence": 1.0}, told)
                continue
            message.set("act", intent["name"], add_to_output=True)
            expects = (message.get("metadata") or {}).get("expects")
            if expects:
                self._in_form(message, text, intent, expects)
                continue
            elements = message.get("elements") or {}
            if "receipt" in elements and intent["name"] not in ABOUT_CASES:
                self._settle(message, {**intent, "confidence": 1.0}, "query_progress")
            elif "region" in elements and is_place(normalise(text), load_regions(settings.load().catalogue)):
                self._settle(message, {**intent, "confidence": 1.0}, "switch_region")
        return messages

    def _in_form(
        self, message: Message, text: str, intent: dict[str, Any], expects: dict[str, Any]
    ) -> None:
        act = intent["name"]
        if act not in ANSWERS and self._is_answer(text, intent, expects):
            act = "inform"
        if act in ANSWERS:
            intent = {**intent, "confidence": 1.0}  # the open question settles it, not the words
        if act == "inform" and expects["type"] not in _OPEN and self._asks(text, expects):
            act = "dont_know"  # asks about the question itself: explain it
        self._settle(message, intent, act)

    @staticmethod
    def _settle(message: Message, intent: dict[str, Any], act: str) -> None:
        message.set("intent", {**intent, "name": act}, add_to_output=True)
        message.set("act", act, add_to_output=True)

    def _is_answer(
        self, text: str, intent: dict[str, Any], expects: dict[str, Any]
    ) -> bool:
        act, sure = intent["name"], intent["confidence"]
        if answers.declines(text):
            return True
        line: float = self._config["interrupt"]
        if act == "crisis" and sure >= self._config["interrupt_free_text"]:
            return False
        if COMMAND.match(text.strip()):
            return False
        if expects["type"] in _DECIDED:  # a short word names the answer to change
            return sure < line or (len(text) <= LONGEST_NAME and not QUESTION.search(text) and act not in URGENT)
        element = self._element(expects["element"])
        if element is None:
            return True
        today = local_day(dt.datetime.now(dt.timezone.utc))
        choices = tuple(Choice(**c) for c in expects.get("choices") or ())
        good = _usable(element, text, today, choices)
        if element.type in FREE_TEXT:
            asks = QUESTION.search(text) or act in URGENT
            return good and not (asks and sure >= self._config["interrupt_free_text"])
        if good and not QUESTION.search(text):
            return True
        return sure < (self._config["interrupt_free_text"] if act in SMALL_TALK else line)

    def _asks(self, text: str, expects: dict[str, Any]) -> bool:
        """Whether the text is a question and no answer that could be used."""
        element = self._element(expects["element"])
        if element is None or not QUESTION.search(text):
            return False
        choices = tuple(Choice(**c) for c in expects.get("choices") or ())
        today = local_day(dt.datetime.now(dt.timezone.utc))
        return not _usable(element, text, today, choices)

    def _element(self, name: str) -> Element | None:
        if self._live is None:
            self._live = shelf(settings.load().catalogue)
        return self._live.current.elements.get(name)


def _usable(element: Element, text: str, today: dt.date, choices: tuple[Choice, ...]) -> bool:
    """Whether the form can use the text: as the answer, or as a wish for a day (下周五下午)."""
    if answers.recognises(element, text, today, choices):
        return True
    wish = values.find_date(text, today) is not None or re.search(r"[上下]午|早上", text)
    return element.type is ElementType.slot and bool(wish)
