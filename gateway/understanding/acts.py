"""The act classifier: which of the speech acts a message is, and for consult which aspect.

Character n-grams, cues and logistic regression: trained in seconds, explainable, well under a
millisecond a message. Aspects come from the ``metadata`` of consult's blocks in ``data/nlu``.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from gateway.understanding.label_ranker import Ranker
from gateway.understanding.reader import NORMAL
from gateway.understanding.text import without_greeting

ASPECT = "aspect"
ACTS, ASPECTS = "acts.npz", "aspects.npz"


@DefaultV1Recipe.register(
    [DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER], is_trainable=True
)
class ActClassifier(GraphComponent, IntentClassifier):
    """Sets ``intent``, ``intent_ranking`` and ``aspect``."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``longest``: n-grams up to so many characters; ``c``: inverse of regularisation."""
        return {"longest": 4, "c": 10.0}

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource,
        acts: Ranker | None = None, aspects: Ranker | None = None,
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._acts = acts
        self._aspects = aspects

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
        execution_context: ExecutionContext,
    ) -> ActClassifier:
        """See GraphComponent."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
        execution_context: ExecutionContext, **kwargs: Any,
    ) -> ActClassifier:
        """See GraphComponent."""
        with model_storage.read_from(resource) as folder:
            acts, aspects = (Ranker.read(folder / name) for name in (ACTS, ASPECTS))
        return cls(config, model_storage, resource, acts, aspects)

    def train(self, training_data: TrainingData) -> Resource:
        """Fit both classifiers and write them to the model."""
        examples = training_data.intent_examples
        longest, c = self._config["longest"], self._config["c"]
        acts = [(e.get("text"), e.get("intent")) for e in examples]
        labelled = [(e.get("text"), _aspect_of(e)) for e in examples]
        aspects = [(text, aspect) for text, aspect in labelled if aspect]
        with ThreadPoolExecutor() as pool, self._storage.write_to(self._resource) as folder:
            learned = pool.map(lambda pairs: Ranker.learn(pairs, longest, c), (acts, aspects))
            for ranker, name in zip(learned, (ACTS, ASPECTS), strict=True):
                ranker.write(folder / name)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Rank the acts of each message; payloads (``/act``) are left to Rasa."""
        if self._acts is None or self._aspects is None:
            raise RuntimeError("the act classifier is not loaded")
        for message in messages:
            text = without_greeting(message.get(NORMAL) or "")
            if not text:
                continue
            ranking = self._acts.rank(text)
            message.set("intent", ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
            message.set(ASPECT, self._aspects.rank(text)[0], add_to_output=True)
        return messages


def _aspect_of(example: Message) -> str:
    metadata = example.get("metadata") or {}
    return str((metadata.get("intent") or {}).get(ASPECT) or "")
