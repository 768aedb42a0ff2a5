"""The judge: the act once more, now that it is known whether a service is meant.

The act classifier sees words; the matcher sees whether they are about something that is on offer. Each
alone is easily wrong about a message that the other is sure of: 明天下雨吗 looks like a question to us, and
我好像感冒了 like a wish. So acts that need a service gain from a likely one, and talk beside the matter
gains from none.
"""

from __future__ import annotations

import math
import re
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message

from gateway.understanding.cues import ASKS, last_clause
from gateway.understanding.reader import NORMAL

OF_SERVICES = frozenset({"consult", "apply", "book_appointment"})
BESIDE = frozenset({"out_of_scope", "chitchat"})
LEAST = 0.02
LOOKS_UP = re.compile(r"查|看看|看一?下|想知道|想看")
"""A wish to be told something of one's own, which asks and applies at once: 帮我看看还有多少."""
CHINESE = re.compile(r"[㐀-鿿]")


@DefaultV1Recipe.register(
    [DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER], is_trainable=False
)
class ActJudge(GraphComponent):
    """Settles ``intent`` and ``act``. Acts that a form or a button settled stay as they are."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """How much the matcher counts against the classifier: ``services`` for acts that need a
        service, ``beside`` for talk beside the matter. An act less certain than ``line``, without a
        likely item, becomes nlu_fallback: the assistant asks instead of guessing."""
        return {"services": 0.35, "beside": 0.6, "line": 0.2, "likely": 0.5}

    def __init__(self, config: dict[str, Any]) -> None:
        self._config = config

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
        execution_context: ExecutionContext,
    ) -> ActJudge:
        """See GraphComponent."""
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Judge each message that was matched."""
        for message in messages:
            ranking = message.get("intent_ranking") or []
            nothing = message.get("nothing")
            filling = bool((message.get("metadata") or {}).get("expects"))
            if nothing is None or not ranking or filling:
                continue
            if message.get("act") != ranking[0]["name"]:
                continue  # a receipt number settled it (see gate)
            self._judge(message, ranking, float(nothing))
        return messages

    def _judge(self, message: Message, ranking: list[dict[str, Any]], nothing: float) -> None:
        judged = self.weighed(ranking, nothing)
        if nothing < 0.5 and not CHINESE.search(message.get(NORMAL) or ""):
            judged = [{"name": "consult", "confidence": 1.0 - nothing}]  # the acts are learned in Chinese
        elif judged[0]["name"] == "apply" and asks_in_the_end(message.get(NORMAL) or ""):
            judged[0] = {**judged[0], "name": "consult"}
        best = judged[0]
        message.set("intent_ranking", judged, add_to_output=True)
        message.set("act", best["name"], add_to_output=True)
        items = message.get("items") or []
        likely = bool(items) and items[0]["score"] >= self._config["likely"]
        if best["confidence"] < self._config["line"] and not likely:
            best = {**best, "name": "nlu_fallback"}
        message.set("intent", best, add_to_output=True)

    def weighed(self, ranking: list[dict[str, Any]], nothing: float) -> list[dict[str, Any]]:
        """The acts with their chances after the matcher was heard, best first."""
        some, none = max(1.0 - nothing, LEAST), max(nothing, LEAST)

        def voice(act: str) -> float:
            if act in OF_SERVICES:
                return float(self._config["services"] * math.log(some))
            return float(self._config["beside"] * math.log(none)) if act in BESIDE else 0.0

        powers = [(r["name"], r["confidence"] * math.exp(voice(r["name"]))) for r in ranking]
        total = sum(power for _, power in powers) or 1.0
        known = sum(r["confidence"] for r in ranking)
        judged = [{"name": name, "confidence": known * power / total} for name, power in powers]
        return sorted(judged, key=lambda r: -r["confidence"])


def asks_in_the_end(text: str) -> bool:
    """Whether what is said last is a question: by convention a wish is no question (我要补，怎么弄)."""
    return bool(ASKS.search(last_clause(text))) and not LOOKS_UP.search(text)
