"""The element extractor: data values in a message, such as a phone, a date, a sum or a region."""

from __future__ import annotations

import datetime as dt
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message

from gateway import settings
from gateway.cases.calendar import local_day
from gateway.catalogue.regions import Regions, load_regions
from gateway.understanding.element_values import find_elements


@DefaultV1Recipe.register(
    [DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR], is_trainable=False
)
class ElementExtractor(GraphComponent):
    """Sets ``elements``: element name → normal form."""

    def __init__(self) -> None:
        self._regions: Regions | None = None

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
        execution_context: ExecutionContext,
    ) -> ElementExtractor:
        """See GraphComponent."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Read the values of each message."""
        today = local_day(dt.datetime.now(dt.timezone.utc))
        for message in messages:
            text = message.get("text") or ""
            if not text.startswith("/"):
                message.set("elements", find_elements(text, today, self._known()), add_to_output=True)
        return messages

    def _known(self) -> Regions:
        if self._regions is None:
            self._regions = load_regions(settings.load().catalogue)
        return self._regions
