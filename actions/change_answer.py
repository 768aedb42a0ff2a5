"""Changing an answer that was given before (手机号填错了)."""

from __future__ import annotations

import re

from rasa_sdk.events import EventType, SlotSet

from actions.turn import Say, Turn, TurnAction, button, remember
from gateway.cases import answers as checks
from gateway.cases import form
from gateway.cases.drafts import DraftView
from gateway.cases.values import find_ordinal
from gateway.catalogue.model import Element, ElementType, Matter
from gateway.errors import CitizenError

SPOKEN = {
    ElementType.phone: ("手机", "电话", "号码"),
    ElementType.id_number: ("身份证",),
    ElementType.person_name: ("姓名", "名字"),
    ElementType.address: ("地址", "住址"),
    ElementType.bank_card: ("银行卡", "卡号"),
    ElementType.date: ("日期", "时间"),
    ElementType.slot: ("时间", "时段"),
    ElementType.amount: ("金额", "钱"),
}
INSTEAD = re.compile(r"改成|改为|换成|应该是|应是|其实是")
"""What the answer should be comes after it."""


class ActionChangeAnswer(TurnAction):
    """Asks again for the answer that was named, or which one is meant."""

    def name(self) -> str:
        """See rasa_sdk.Action."""
        return "action_change_answer"

    def act(self, turn: Turn, say: Say) -> list[EventType]:
        """See TurnAction."""
        draft = turn.draft()
        if draft is None:
            say("utter_nothing_to_change")
            return remember(state="idle")
        item = turn.filled_in(draft)
        element = turn.entities.get("element")
        if element in draft.answers:
            turn.core.drafts.forget(turn.citizen, draft.id, element)
            return remember(state="asking")
        if changed_by_text(turn, say, item, draft):
            return remember(state="asking")
        asked = form.next_field(item, draft.answers)
        open_now = turn.catalogue.elements[asked.element] if asked else None
        if open_now and _is_named(turn, open_now):
            say("utter_not_yet_given", name=open_now.name)
            return remember(state="asking")
        rows = form.summary(turn.catalogue, item, draft.answers)
        if not rows:
            say("utter_nothing_to_change")
            return remember(state="asking")
        buttons = [button(name, "change_answer", element=e) for e, name, _ in rows]
        say("utter_change_which", buttons=buttons)
        kept = turn.slot("draft") or {}
        return [*remember(state="asking"), SlotSet("draft", {**kept, "explained": kept.get("element") or "confirm"})]


def chosen_anew(turn: Turn, say: Say, item: Matter, draft: DraftView) -> bool:
    """不要自取了，寄给我: another choice for an answer that was chosen before."""
    said = re.split(r"[，,。；; ]", turn.text.strip("，,。；; "))[-1]
    for element_id, _, _ in form.summary(turn.catalogue, item, draft.answers):
        element = turn.catalogue.elements[element_id]
        if element.type is not ElementType.choice or find_ordinal(said):
            continue
        try:
            value = checks.read(element, said, turn.core.today())
        except CitizenError:
            continue
        if value != draft.answers[element_id]:
            turn.core.drafts.answer(turn.citizen, draft.id, element_id, value)
            say("utter_changed", name=element.name, value=checks.show(element, value))
            return True
    return False


def _is_named(turn: Turn, element: Element) -> bool:
    """Whether the text names an element, by its name or by a word for its kind."""
    return element.name in turn.text or any(word in turn.text for word in SPOKEN.get(element.type, ()))


def changed_by_text(turn: Turn, say: Say, item: Matter, draft: DraftView) -> bool:
    """Change the answer that the text names: to the value in the text, or asked again."""
    given = [(e, turn.catalogue.elements[e]) for e, _, _ in form.summary(turn.catalogue, item, draft.answers)]
    named = [(e, element) for e, element in given if _is_named(turn, element)]
    # A bare number says by its form which answer it is.
    named = named or [(e, element) for e, element in given if element.type.value in turn.elements]
    if not named:
        return False
    exact = [pair for pair in named if pair[1].name in turn.text]
    element_id, element = (exact or named)[0]
    told = INSTEAD.search(turn.text)
    wanted = turn.text[told.end():] if told else turn.text
    try:
        value = checks.read(element, turn.elements.get(element.type.value) or wanted, turn.core.today())
    except CitizenError:
        turn.core.drafts.forget(turn.citizen, draft.id, element_id)
        return True
    if value == draft.answers[element_id] or (told is None and element.type.value not in turn.elements):
        turn.core.drafts.forget(turn.citizen, draft.id, element_id)
        return True
    turn.core.drafts.answer(turn.citizen, draft.id, element_id, value)
    say("utter_changed", name=element.name, value=checks.show(element, value))
    return True
