"""The reader: the form of a message in which everything after it reads it.

Half-width, simplified, one space, and what was misspelt by sound put right (see ``spelling``). The text
itself stays as it was written: it may be an answer, and answers are kept as people give them.
"""

from __future__ import annotations

import json
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
from gateway.understanding.spelling import Speller
from gateway.understanding.text import normalise

NORMAL = "normal"
EXAMPLES = "examples.json"


@DefaultV1Recipe.register(
    [DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER], is_trainable=True
)
class Reader(GraphComponent):
    """Sets ``normal``. Follows the catalogue: its terms are what is put right."""

    def __init__(self, storage: ModelStorage, resource: Resource, examples: list[str]) -> None:
        self._storage = storage
        self._resource = resource
        self._examples = examples
        self._speller: Speller | None = None

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
        execution_context: ExecutionContext,
    ) -> Reader:
        """See GraphComponent."""
        return cls(model_storage, resource, [])

    @classmethod
    def load(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
        execution_context: ExecutionContext, **kwargs: Any,
    ) -> Reader:
        """See GraphComponent."""
        with model_storage.read_from(resource) as folder:
            examples = json.loads((Path(folder) / EXAMPLES).read_text(encoding="utf-8"))
        reader = cls(model_storage, resource, examples)
        live = shelf(settings.load().catalogue)
        reader.rebuild(live.current)
        live.subscribe(reader.rebuild)
        return reader

    def train(self, training_data: TrainingData) -> Resource:
        """Keep the examples: their words are known, and never put right."""
        texts = sorted({normalise(e.get("text")) for e in training_data.intent_examples})
        with self._storage.write_to(self._resource) as folder:
            (Path(folder) / EXAMPLES).write_text(json.dumps(texts, ensure_ascii=False), encoding="utf-8")
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Training examples are spelt as they should be; they only get their normal form."""
        for example in training_data.training_examples:
            example.set(NORMAL, normalise(example.get("text") or ""))
        return training_data

    def rebuild(self, catalogue: Catalogue) -> None:
        """Take the terms of ``catalogue``."""
        items = catalogue.items.values()
        names = [n for i in items for n in (i.name, *i.aliases)]
        names += [n for d in catalogue.departments.values() for n in (d.name, d.short_name, *d.aliases)]
        known = [normalise(u) for i in items for u in i.utterances]
        self._speller = Speller([normalise(n) for n in names], [*known, *self._examples])

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the normal form of each message; payloads (``/act``) have none."""
        for message in messages:
            text = message.get("text") or ""
            if not text.startswith("/"):
                normal = normalise(text)
                message.set(NORMAL, self._speller.correct(normal) if self._speller else normal)
        return messages
