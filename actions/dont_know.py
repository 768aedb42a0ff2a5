"""不清楚: what the open question means, or that it may stay without an answer."""

from __future__ import annotations

from rasa_sdk.events import EventType

from actions.list_services import departments
from actions.turn import Say, Turn, TurnAction, remember
from gateway.cases import form
from gateway.catalogue.model import Matter


class ActionDontKnow(TurnAction):
    """不清楚: in a form, explains the question, or leaves it out where that is allowed."""

    def name(self) -> str:
        """See rasa_sdk.Action."""
        return "action_dont_know"

    def act(self, turn: Turn, say: Say) -> list[EventType]:
        """See TurnAction."""
        element = turn.catalogue.elements.get((turn.slot("draft") or {}).get("element") or "")
        if not turn.filling or element is None:
            say("utter_dont_know", buttons=departments(turn))
            return remember(state="idle")
        item = turn.matter(turn.slot("draft")["item"])
        if left_out(turn, item):
            return []
        say(
            "utter_explain_choice" if element.choices else "utter_explain_question", name=element.name,
            why=element.why, example=element.example, choices="、".join(c.label for c in element.choices),
            phone=item.phone if item else "",
        )
        return []


def left_out(turn: Turn, item: Matter | None) -> bool:
    """Whether the open question may stay without an answer; it is skipped then."""
    draft = turn.draft()
    field = form.next_field(item, draft.answers) if item and draft else None
    if draft is None or field is None or field.required or field.element != turn.slot("draft").get("element"):
        return False
    turn.core.drafts.answer(turn.citizen, draft.id, field.element, form.SKIPPED)
    return True
