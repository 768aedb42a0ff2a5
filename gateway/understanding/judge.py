"""The judge: the act once more, now that it is known whether a service is meant.

The act classifier sees words; the matcher sees whether they are about something that is on offer. Each
alone is easily wrong about a message that the other is sure of: 明天下雨吗 looks like a question to us, and
我好像感冒了 like a wish. So acts that need a service gain from a likely one, and talk beside the matter
gains from none. Where the message was encoded for the matcher, its meaning is a second opinion on the act.
"""

from __future__ import annotations

import logging
import math
import re
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from gateway import settings
from gateway.understanding.act_meaning import ActMeaning, lines_of
from gateway.understanding.cues import ASKS, REPORTED, is_bare, last_clause
from gateway.understanding.encoder import Vectors, encoder_of
from gateway.understanding.label_ranker import RANKED
from gateway.understanding.matcher import VECTOR
from gateway.understanding.reader import NORMAL
from gateway.understanding.vector_cache import KEPT, VectorCache

log = logging.getLogger("yiwen.understanding")

OF_SERVICES = frozenset({"consult", "apply", "book_appointment"})
BESIDE = frozenset({"out_of_scope", "chitchat"})
FAINT, CERTAIN_EVENT = 0.4, 0.8
LEAST = 0.1
"""The matcher is never heard as if it were certain."""
UNHEARD = 1e-3
"""The chance of an act that one of the two opinions does not name."""
MEANING = "meaning.npz"
LOOKS_UP = re.compile(r"查|看看|看一?下|想知道|想看")
"""A wish to be told something of one's own, which asks and applies at once: 帮我看看还有多少."""
CHINESE = re.compile(r"[㐀-鿿]")


@DefaultV1Recipe.register(
    [DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER], is_trainable=True
)
class ActJudge(GraphComponent):
    """Settles ``intent`` and ``act``. Acts that a form or a button settled stay as they are."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """How much the matcher counts against the classifier: ``services`` for acts that need a
        service, ``beside`` for talk beside the matter. ``meaning``: the share of the second opinion, by
        vectors; ``refuse``: the log-odds by which out_of_scope is preferred. An act less certain than ``line``, without a
        likely item, becomes nlu_fallback: the assistant asks instead of guessing."""
        return {"services": 0.35, "beside": 0.6, "meaning": 0.35, "refuse": 0.5, "line": 0.2, "likely": 0.5}

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource,
        meaning: ActMeaning | None = None,
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._meaning = meaning

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
        execution_context: ExecutionContext,
    ) -> ActJudge:
        """See GraphComponent."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
        execution_context: ExecutionContext, **kwargs: Any,
    ) -> ActJudge:
        """See GraphComponent. Without the encoder it was trained with there is no second opinion."""
        with model_storage.read_from(resource) as folder:
            meaning: ActMeaning | None = ActMeaning.read(Path(folder) / MEANING)
        encoder = encoder_of(settings.load()).name
        if meaning and meaning.encoder != encoder:
            log.warning("The model was trained with the encoder %s, not %s: train it anew.", meaning.encoder, encoder)
            meaning = None
        return cls(config, model_storage, resource, meaning)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the acts from the vectors of some lines of each."""
        lines = lines_of((e.get("text"), e.get("intent")) for e in training_data.intent_examples)
        encoder = encoder_of(settings.load())
        vectors = VectorCache(encoder, KEPT / "lines").vectors([t for t, _ in lines], "Reading examples")
        with self._storage.write_to(self._resource) as folder:
            ActMeaning.learn(encoder.name, vectors, [act for _, act in lines]).write(Path(folder) / MEANING)
        return self._resource

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
        judged = self.heard(ranking, message.get(VECTOR))
        if not is_bare(message.get(NORMAL) or ""):
            judged = self.weighed(judged, nothing)
        if nothing < 0.5 and not CHINESE.search(message.get(NORMAL) or ""):
            judged = [{"name": "consult", "confidence": 1.0 - nothing}]  # the acts are learned in Chinese
        elif tells_of_event(judged[0], message.get("events") or []):
            judged = [{"name": "consult", "confidence": 1.0 - nothing}, *judged]
        elif judged[0]["name"] == "crisis" and REPORTED.match(message.get(NORMAL) or ""):
            judged = [{"name": "inform", "confidence": judged[0]["confidence"]}, *judged]
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

    def heard(self, ranking: list[dict[str, Any]], vector: Vectors | None) -> list[dict[str, Any]]:
        """The acts with their chances after the second opinion, best first."""
        share, second = self._config["meaning"], {}
        if self._meaning is None or vector is None:
            share = 0.0
        else:
            second = self._meaning.chances(vector)
        first = {r["name"]: float(r["confidence"]) for r in ranking}
        powers = {
            act: (first.get(act, 0.0) + UNHEARD) ** (1 - share) * (second.get(act, 0.0) + UNHEARD) ** share
            for act in {**first, **second}
        }
        known = 1.0 if second else sum(first.values())  # a ranking is cut off
        total = sum(powers.values()) / known if known else 1.0
        return sorted(
            ({"name": act, "confidence": power / total} for act, power in powers.items()),
            key=lambda r: -float(r["confidence"]),
        )[:RANKED]

    def weighed(self, ranking: list[dict[str, Any]], nothing: float) -> list[dict[str, Any]]:
        """The acts with their chances after the matcher was heard, best first."""
        some, none = max(1.0 - nothing, LEAST), max(nothing, LEAST)

        voices = {act: self._config["services"] * math.log(some) for act in OF_SERVICES}
        voices |= {act: self._config["beside"] * math.log(none) for act in BESIDE}
        voices["out_of_scope"] += self._config["refuse"]

        powers = [(r["name"], r["confidence"] * math.exp(voices.get(r["name"], 0.0))) for r in ranking]
        total = sum(power for _, power in powers) or 1.0
        known = sum(r["confidence"] for r in ranking)
        judged = [{"name": name, "confidence": known * power / total} for name, power in powers]
        return sorted(judged, key=lambda r: -r["confidence"])


def tells_of_event(best: dict[str, Any], events: list[dict[str, Any]]) -> bool:
    """Whether what looks like chat, or faintly like an emergency (我生孩子了), tells of a life event. A real emergency
    is surer of itself, or no event is."""
    meant = next((e["score"] for e in events if e["meant"]), 0.0)
    faint = best["name"] == "crisis" and best["confidence"] < FAINT and meant >= CERTAIN_EVENT
    return bool(meant) and (best["name"] in BESIDE or faint)


def asks_in_the_end(text: str) -> bool:
    """Whether what is said last is a question: by convention a wish is no question (我要补，怎么弄)."""
    return bool(ASKS.search(last_clause(text))) and not LOOKS_UP.search(text)
