"""Consultation (咨询): answered from the service's own guide."""

from __future__ import annotations

import re

from rasa_sdk.events import EventType

from actions.find_item import ask_which, find_item
from actions.guide import ASPECTS, FLOW_BUTTONS, SHORT_ASPECTS
from actions.list_services import ActionListServices
from actions.listed import knows
from actions.region import elsewhere
from actions.turn import Say, Turn, TurnAction, button, remember
from gateway.catalogue.model import (
    CompleteItem,
    English,
    Fee,
    HandlingForm,
    Limit,
    Question,
    ServiceItem,
    Unit,
)
from gateway.catalogue.search import find_department

ALIKE = 0.6
LEAST_PAIRS = 4


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
                return ActionListServices().act(turn, say)
            return ask_which(turn, say, found.candidates, "consult")
        if turn.slot("script") == "en" and isinstance(found.item, CompleteItem) and found.item.english:
            return in_english(turn, say, found.item, found.item.english)
        question = None if turn.text.startswith("/") else answered_question(found.item, turn.text)
        if question is not None:
            return faq(turn, say, found.item, question)
        aspect = str(turn.entities.get("aspect") or turn.aspect or "overview")
        return answer(turn, say, found.item, aspect)


def answered_question(item: ServiceItem, text: str) -> Question | None:
    """The question of the item's guide that the text asks, if it is nearly the same one."""
    asked = _pairs(text)
    near = [(len(asked & _pairs(q.ask)) / max(min(len(asked), len(_pairs(q.ask))), 1), q) for q in item.questions]
    best = max(near, key=lambda pair: pair[0], default=(0.0, None))
    return best[1] if best[0] >= ALIKE and len(asked) >= LEAST_PAIRS else None


def _pairs(text: str) -> set[str]:
    words = re.sub(r"[^\w]|请问|一下|我想问?|可以|[吗呢啊吧]", "", text)
    return {words[k:k + 2] for k in range(len(words) - 1)}


def faq(turn: Turn, say: Say, item: ServiceItem, question: Question) -> list[EventType]:
    """Say what the guide answers to that very question."""
    say(
        "utter_faq", answer=question.answer, source=item.source_line,
        buttons=[] if turn.filling else next_steps(item, "questions"),
    )
    return remember(item=item.item, state="consulting") + elsewhere(turn, say, item)


def answer(turn: Turn, say: Say, item: ServiceItem, aspect: str) -> list[EventType]:
    """Say what the guide says, its origin, and what can be done next."""
    aspect = aspect if aspect in ASPECTS else "overview"
    response, values = ASPECTS[aspect](item, turn.department(item), turn.core.today())
    say(
        response, buttons=[] if turn.filling else next_steps(item, aspect),
        item=item.name, source=item.source_line, **values,
    )
    offer = {"act": "apply", "item": item.item} if item.flow in FLOW_BUTTONS else None
    return remember(item=item.item, offer=None if turn.filling else offer, state="consulting") + elsewhere(turn, say, item)


def in_english(turn: Turn, say: Say, item: CompleteItem, english: English) -> list[EventType]:
    """The key facts, for a question in English; everything else is in Chinese."""
    say(
        "utter_english", name=english.name, summary=english.summary, phone=item.phone,
        bring=", ".join(english.bring) or "nothing", fee=english_fee(item.fee),
        limit=english_limit(item.promised_limit),
        online="It can be done online." if HandlingForm.online in item.forms else "Come to the counter.",
        buttons=[] if turn.filling else next_steps(item, "overview"),
    )
    return remember(item=item.item, state="consulting")


def english_fee(fee: Fee) -> str:
    """20 yuan; none."""
    if not fee.charged:
        return "none"
    return "; ".join(f"{line.amount:g} yuan" for line in fee.lines)


def english_limit(limit: Limit) -> str:
    """20 working days; at once."""
    if limit.unit is Unit.immediate:
        return "at once"
    return f"{limit.n} {'working ' if limit.unit is Unit.working_days else ''}day{'s' if limit.n != 1 else ''}"


def next_steps(item: ServiceItem, aspect: str) -> list[dict[str, str]]:
    """Buttons: apply, and the aspects that people ask next; a human where only a list is known."""
    buttons = []
    if item.flow in FLOW_BUTTONS:
        buttons.append(button(FLOW_BUTTONS[item.flow], "apply", item=item.item))
    for other, title in SHORT_ASPECTS.items():
        if other != aspect and len(buttons) < 4 and knows(item, other):
            buttons.append(button(title, "consult", item=item.item, aspect=other))
    if item.listed:
        buttons.append(button("转人工", "hand_off"))
    return buttons
