"""The matcher (事项匹配): a Rasa component over the item index of the live catalogue.

It sets ``items`` (best five) and ``clarify``. The index follows the catalogue: a reload
rebuilds it, without retraining. Turns whose act needs no item do not pay for it.
"""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from gateway import settings
from gateway.catalogue.live import shelf
from gateway.catalogue.model import Catalogue
from gateway.understanding.index import ItemIndex, Match

NO_ITEM_ACTS = frozenset({
    "affirm", "deny", "choose", "repeat", "help", "greet", "thanks", "goodbye", "restart", "stop",
    "bot_identity", "abuse", "crisis", "dont_know", "hand_off", "sign_in", "chitchat", "inform",
})
OFF_TOPIC_ACTS = frozenset({"out_of_scope", "chitchat", "greet", "thanks", "goodbye", "abuse", "help"})
SURE_ACT = 0.6
LIKELY = 0.5
LONGEST_BARE = 4
"""A longer yes or no says something more: 不是，我要换证."""


@DefaultV1Recipe.register(
    [DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR], is_trainable=True
)
class ItemMatcher(GraphComponent):
    """Sets ``items`` and ``clarify``. Training only keeps what calibration needs from the NLU data."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Scores: ``floor`` under which nothing is meant; ``sure`` from which an item is taken, if it
        has the ``lead`` and no ``rival`` beside it, or is ``beyond_doubt``. An act less certain than
        ``line``, without a likely item, becomes nlu_fallback: the assistant asks instead of guessing."""
        return {
            "floor": 0.2, "sure": 0.55, "lead": 0.2, "rival": 0.35, "beyond_doubt": 0.95,
            "line": 0.25,
        }

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource,
        off_topic: list[str],
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._off_topic = off_topic
        self._lock = threading.Lock()
        self._index: ItemIndex | None = None

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
        execution_context: ExecutionContext,
    ) -> ItemMatcher:
        """See GraphComponent."""
        return cls(config, model_storage, resource, [])

    @classmethod
    def load(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
        execution_context: ExecutionContext, **kwargs: Any,
    ) -> ItemMatcher:
        """Build the index of the catalogue in force, and follow its changes."""
        with model_storage.read_from(resource) as folder:
            off_topic = json.loads((Path(folder) / "off_topic.json").read_text(encoding="utf-8"))
        matcher = cls(config, model_storage, resource, off_topic)
        live = shelf(settings.load().catalogue)
        matcher.rebuild(live.current)
        live.subscribe(matcher.rebuild)
        return matcher

    def train(self, training_data: TrainingData) -> Resource:
        """Keep examples that are about no item."""
        texts = [
            e.get("text") for e in training_data.intent_examples if e.get("intent") in OFF_TOPIC_ACTS
        ]
        with self._storage.write_to(self._resource) as folder:
            (Path(folder) / "off_topic.json").write_text(
                json.dumps(texts, ensure_ascii=False), encoding="utf-8"
            )
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Training examples stay as they are."""
        return training_data

    def rebuild(self, catalogue: Catalogue) -> None:
        """Index ``catalogue`` and put the new index in force at once."""
        index = ItemIndex(catalogue, self._off_topic)
        with self._lock:
            self._index = index

    def process(self, messages: list[Message]) -> list[Message]:
        """Match each message whose act may name an item."""
        for message in messages:
            text = message.get("text") or ""
            intent = message.get("intent") or {}
            certain = intent.get("confidence", 0.0) >= SURE_ACT
            short = len(text) <= LONGEST_BARE or intent.get("name") not in ("affirm", "deny")
            needless = certain and short and intent.get("name") in NO_ITEM_ACTS
            if text.startswith("/") or not text.strip() or self._index is None:
                continue
            if needless:
                continue
            matches = [m for m in self._index.find(text) if m.score >= 0.02]
            message.set("items", [vars(m) for m in matches], add_to_output=True)
            message.set("clarify", self._unclear(matches), add_to_output=True)
            likely = bool(matches) and matches[0].score >= LIKELY
            filling = bool((message.get("metadata") or {}).get("expects"))
            if intent and intent["confidence"] < self._config["line"] and not (likely or filling):
                message.set("intent", {**intent, "name": "nlu_fallback"}, add_to_output=True)
        return messages

    def _unclear(self, matches: list[Match]) -> bool:
        """Whether to ask: something is likely, but the best is not sure or not well ahead."""
        if not matches or matches[0].score < self._config["floor"]:
            return False
        runner_up = matches[1].score if len(matches) > 1 else 0.0
        best = matches[0].score
        rival = runner_up >= self._config["rival"] and best < self._config["beyond_doubt"]
        return best < self._config["sure"] or rival or best - runner_up < self._config["lead"]
