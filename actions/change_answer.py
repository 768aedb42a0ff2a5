"""Changing an answer that was given before (手机号填错了)."""

from __future__ import annotations

import difflib
import re

from rasa_sdk.events import EventType, SlotSet

from actions.turn import Say, Turn, TurnAction, button, remember
from gateway.cases import answers as checks
from gateway.cases import form
from gateway.cases.drafts import DraftView
from gateway.cases.values import find_ordinal
from gateway.catalogue.life_events import NO, YES, EventStep
from gateway.catalogue.model import Element, ElementType, LifeEvent, Matter
from gateway.errors import CitizenError
from gateway.understanding.cues import ASKS

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
WANTED = "with_"
"""How the elements begin that ask whether a step of a life event is wanted (EventStep.choice)."""
LEAST_SHARED = 2
DO = re.compile(r"办|要|弄|上")
DO_NOT = re.compile(r"不(?:用|要|想)?(?:一起|再)?(?:办|要|弄|上)|不用|别办|先不|算了")
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
        if step_chosen_anew(turn, say, item, draft) or changed_by_text(turn, say, item, draft):
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
        if element.type is not ElementType.choice or find_ordinal(said) or element_id.startswith(WANTED):
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


def step_chosen_anew(turn: Turn, say: Say, item: Matter, draft: DraftView) -> bool:
    """社保卡不办了: whether a step of a life event is wanted; asked again where that is not said."""
    step = step_named(item, turn.text) if isinstance(item, LifeEvent) and not turn.text.startswith("/") else None
    if step is None or step.choice not in draft.answers:
        return False
    element = turn.catalogue.elements[step.choice]
    wants = DO_NOT.search(turn.text) is None
    if not wants and not DO.search(turn.text):
        return False
    value = YES if wants else NO
    if not DO.search(turn.text) or value == draft.answers[step.choice]:
        turn.core.drafts.forget(turn.citizen, draft.id, step.choice)
        return True
    turn.core.drafts.answer(turn.citizen, draft.id, step.choice, value)
    say("utter_changed", name=element.name, value=checks.show(element, value))
    return True


def wanted_after_all(turn: Turn, say: Say) -> bool:
    """社保卡还是办吧, in the form of a life event: a step that was left out is wanted, and nothing is asked."""
    draft = turn.draft() if turn.filling and not turn.text.startswith("/") else None
    item = turn.filled_in(draft) if draft else None
    said = turn.text.replace("还是", "")  # on second thoughts, no question of which
    if draft is None or not isinstance(item, LifeEvent) or ASKS.search(said) or DO_NOT.search(said):
        return False
    step = step_named(item, turn.text)
    return bool(step and draft.answers.get(step.choice) == NO) and step_chosen_anew(turn, say, item, draft)


def step_named(event: LifeEvent, text: str) -> EventStep | None:
    """The optional step whose name or alias shares the longest run of characters with the text; None of two alike,
    or if the event itself shares as much (新生儿那件事不办了)."""
    shared = sorted(
        (max(_shared(text, name) for name in (event.items[s.item].name, *event.items[s.item].aliases)), n)
        for n, s in enumerate(event.filed)
    )
    best, number = shared[-1]
    alone = best > max([*(rest for rest, _ in shared[:-1]), *(_shared(text, n) for n in (event.name, *event.aliases))])
    return event.filed[number] if best >= LEAST_SHARED and alone and event.filed[number].optional else None


def _shared(text: str, name: str) -> int:
    return difflib.SequenceMatcher(None, text, name, autojunk=False).find_longest_match().size


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
