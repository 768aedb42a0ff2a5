"""The matcher (事项匹配): a Rasa component over the finder of the live catalogue.

It sets ``items`` (best five), ``nothing`` (the chance that no item is meant), ``clarify``, and ``events`` (life
events that come into question, the one that is meant alone). Turns whose
act needs no item pay neither for the encoder nor for the search.
"""

from __future__ import annotations

import json
import threading
from dataclasses import replace
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
from gateway.settings import Settings
from gateway.understanding.act_meaning import lines_of
from gateway.understanding.encoder import encoder_of
from gateway.understanding.finder import Finder, Match
from gateway.understanding.index import own_texts
from gateway.understanding.operations import affirmed
from gateway.understanding.reader import NORMAL
from gateway.understanding.text import without_greeting
from gateway.understanding.vector_cache import KEPT, VectorCache

NO_ITEM_ACTS = frozenset({
    "affirm", "deny", "choose", "repeat", "help", "greet", "thanks", "goodbye", "restart", "stop",
    "bot_identity", "abuse", "crisis", "dont_know", "hand_off", "sign_in", "chitchat", "inform",
})
IDLE_ACTS = frozenset({
    "out_of_scope", "chitchat", "greet", "thanks", "goodbye", "abuse", "help", "bot_identity",
})
MOST_ITEMS, MOST_FOUND = 5, 10
LEAST_REST = 0.05
VECTOR = "vector"
IDLE = "idle.json"
VECTORS = "vectors"
LONGEST_BARE = 4
"""A longer yes or no says something more: 不是，我要换证."""


@DefaultV1Recipe.register(
    [DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR], is_trainable=True
)
class ItemMatcher(GraphComponent):
    """Sets ``items``, ``nothing`` and ``clarify``; and ``vector`` for the components after it.

    Training keeps talk about nothing, with its vectors. It learns nothing of any item: the finder does,
    from the catalogue in force.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """An item is asked about when its chance is under ``sure`` or a rival's is over ``rival``; under
        ``floor`` none is meant. An act surer than ``needless`` that takes no item is not searched. A life event is
        meant from ``event`` on, if nothing is likelier, and may be mentioned from ``near_event`` on."""
        return {"floor": 0.15, "sure": 0.7, "rival": 0.25, "needless": 0.6, "event": 0.5, "near_event": 0.1}

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, idle: list[str],
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._idle = idle
        self._lock = threading.Lock()
        self._settings = settings.load()
        self._encoder = encoder_of(self._settings)
        self._cache: VectorCache | None = None
        self._finder: Finder | None = None

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
        """Build the finder of the catalogue in force, and follow its changes."""
        with model_storage.read_from(resource) as folder:
            idle = json.loads((Path(folder) / IDLE).read_text(encoding="utf-8"))
            matcher = cls(config, model_storage, resource, idle)
            shipped = [*(Path(folder) / VECTORS).glob("*.npz"), *(KEPT / "catalogue").glob("*.npz")]
            matcher._cache = VectorCache(matcher._encoder, matcher._folder, also=shipped)
        live = shelf(matcher._settings.catalogue)
        matcher.rebuild(live.current)
        live.subscribe(matcher.rebuild)
        return matcher

    @property
    def _folder(self) -> Path:
        return self._settings.home / "index"

    def train(self, training_data: TrainingData) -> Resource:
        """Keep talk about no item, and its vectors."""
        lines = lines_of((e.get("text"), e.get("intent")) for e in training_data.intent_examples)
        kept = VectorCache(self._encoder, KEPT / "lines")
        kept.vectors([text for text, _ in lines], "Reading examples")
        idle = list(dict.fromkeys(text for text, act in lines if act in IDLE_ACTS))
        with self._storage.write_to(self._resource) as folder:
            (Path(folder) / IDLE).write_text(json.dumps(idle, ensure_ascii=False), encoding="utf-8")
            VectorCache(self._encoder, Path(folder) / VECTORS, also=[kept.file]).vectors(idle)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Training examples stay as they are."""
        return training_data

    def rebuild(self, catalogue: Catalogue) -> None:
        """Index ``catalogue`` and put the new index in force at once; turns go on meanwhile."""
        assert self._cache is not None
        finder = Finder(catalogue, self._cache, self._encoder, self._idle, self._folder)
        with self._lock:
            self._finder = finder

    def process(self, messages: list[Message]) -> list[Message]:
        """Match each message whose act may name an item."""
        for message in messages:
            text = without_greeting(message.get(NORMAL) or "")
            finder = self._finder
            if text and finder is not None and (finder.knows(text) or not self._is_needless(message, text)):
                self._match(message, text, finder)
        return messages

    def _is_needless(self, message: Message, text: str) -> bool:
        intent = message.get("intent") or {}
        act = intent.get("name")
        bare = len(text) <= LONGEST_BARE or act not in ("affirm", "deny")
        return act in NO_ITEM_ACTS and bare and intent.get("confidence", 0.0) >= self._config["needless"]

    def _match(self, message: Message, text: str, finder: Finder) -> None:
        vector = finder.vector(affirmed(text))
        found, nothing = finder.find(text, vector, MOST_FOUND)
        events = [m for m in found if m.event and m.score >= self._config["near_event"]]
        if events and events[0] is found[0] and events[0].score >= self._config["event"]:
            matches, meant = [m for m in found if not m.event][:MOST_ITEMS], events[0].item
        else:
            matches, nothing = without_events(found, nothing)
            meant = ""
        message.set("events", [{"event": m.item, "score": m.score, "meant": m.item == meant} for m in events], add_to_output=True)
        message.set(VECTOR, vector)
        message.set("items", [shown(m) for m in matches], add_to_output=True)
        message.set("nothing", nothing, add_to_output=True)
        message.set("clarify", not meant and self._unclear(matches), add_to_output=True)

    def _unclear(self, matches: list[Match]) -> bool:
        """Whether to ask: something is likely, but the best is not sure or not alone."""
        if not matches or matches[0].score < self._config["floor"]:
            return False
        rival = matches[1].score if len(matches) > 1 else 0.0
        return matches[0].score < self._config["sure"] or rival > self._config["rival"]


def without_events(found: list[Match], nothing: float) -> tuple[list[Match], float]:
    """The items with their chances, given that no life event is meant; and the chance of nothing, likewise."""
    rest = max(1.0 - sum(m.score for m in found if m.event), LEAST_REST)
    items = [replace(m, score=round(min(m.score / rest, 1.0), 4)) for m in found if not m.event]
    return items[:MOST_ITEMS], round(min(nothing / rest, 1.0), 4)


def shown(match: Match) -> dict[str, Any]:
    """One item as the parsed message carries it."""
    return {"item": match.item, "name": match.name, "score": match.score, "named": match.named}


def keep_catalogue_vectors(found: Settings) -> None:
    """Make the vectors of the catalogue's texts and keep them beside the model, so that no start has to.

    Raises:
        OurFault: the encoder cannot be used.
    """
    texts = own_texts(shelf(found.catalogue).current).texts
    VectorCache(encoder_of(found), KEPT / "catalogue").vectors(texts, "Indexing the catalogue")
