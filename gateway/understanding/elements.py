"""The element extractor: data values in a message, such as a phone, a date or a receipt number."""

from __future__ import annotations

import datetime as dt
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message

from gateway.cases import values
from gateway.cases.calendar import local_day


def find_elements(text: str, today: dt.date) -> dict[str, str]:
    """Every value that can be told by its form alone, in normal form."""
    text = values.half_width(text)
    found: dict[str, str | None] = {
        "receipt": values.find_receipt(text),
        "id_number": values.find_id_number(text),
        "credit_code": values.find_credit_code(text),
        "phone": values.find_phone(text),
        "email": values.find_email(text),
        "plate": values.find_plate(text),
    }
    if not found["id_number"]:
        found["bank_card"] = values.find_bank_card(text)
    day = values.find_date(text, today)
    if day and not any(found.values()):
        found["date"] = day.isoformat()
    return {name: value for name, value in found.items() if value}


@DefaultV1Recipe.register(
    [DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR], is_trainable=False
)
class ElementExtractor(GraphComponent):
    """Sets ``elements``: element name → normal form."""

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
                message.set("elements", find_elements(text, today), add_to_output=True)
        return messages
