"""Consultation (咨询): answered from the service's own guide."""

from __future__ import annotations

from rasa_sdk.events import EventType, FollowupAction

from actions.find_item import ask_which, find_item
from actions.guide import ASPECTS, FLOW_BUTTONS, SHORT_ASPECTS
from actions.turn import Say, Turn, TurnAction, button, remember
from gateway.catalogue.model import ServiceItem
from gateway.catalogue.search import find_department

HERE = ("consult", "apply")


class ActionConsult(TurnAction):
    """Answers one aspect of one item, or asks which item is meant."""

    def name(self) -> str:
        """See rasa_sdk.Action."""
        return "action_consult"

    def act(self, turn: Turn, say: Say) -> list[EventType]:
        """See TurnAction."""
        found = find_item(turn)
        if found.item is None:
            if not found.candidates and find_department(turn.catalogue, turn.text):
                return [*remember(), FollowupAction("action_list_services")]
            return ask_which(turn, say, found.candidates, "consult")
        aspect = str(turn.entities.get("aspect") or turn.aspect or "overview")
        return answer(turn, say, found.item, aspect)


def answer(turn: Turn, say: Say, item: ServiceItem, aspect: str) -> list[EventType]:
    """Say what the guide says, its origin, and what can be done next."""
    aspect = aspect if aspect in ASPECTS else "overview"
    response, values = ASPECTS[aspect](item, turn.department(item), turn.core.today())
    say(
        response, buttons=[] if turn.filling else next_steps(item, aspect),
        item=item.name, source=item.source_line, **values,
    )
    offer = {"act": "apply", "item": item.item} if item.flow in FLOW_BUTTONS else None
    return remember(item=item.item, offer=None if turn.filling else offer, state="consulting")


def next_steps(item: ServiceItem, aspect: str) -> list[dict[str, str]]:
    """Buttons: apply, and the aspects that people ask next."""
    buttons = []
    if item.flow in FLOW_BUTTONS:
        buttons.append(button(FLOW_BUTTONS[item.flow], "apply", item=item.item))
    for other, title in SHORT_ASPECTS.items():
        if other != aspect and len(buttons) < 4:
            buttons.append(button(title, "consult", item=item.item, aspect=other))
    return buttons
