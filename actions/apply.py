"""Starting, resuming and giving up an application."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk.events import EventType, SlotSet

from actions import listed
from actions.change_answer import wanted_after_all
from actions.chitchat import about_visit
from actions.consent import spared
from actions.drafts import WHERE, no_draft, where_am_i
from actions.feelings import feeling_in, heard
from actions.filing import do_again
from actions.find_item import BACK, LEAST_SUBJECT, ask_which, find_item, named_in
from actions.life_event import event_meant, offer_whole, start_event, tell, wants_all
from actions.referral import hotline_for, refer
from actions.sign_in import ask_to_sign_in, lacks
from actions.turn import Say, Turn, TurnAction, announce_waiting, button, enter, remember
from gateway.cases import answers as checks
from gateway.cases import form
from gateway.catalogue.model import (
    CompleteItem,
    Element,
    ElementType,
    Flow,
    LifeEvent,
    Matter,
    ServiceItem,
)
from gateway.errors import CitizenError
from gateway.understanding.cues import ASKS

INTRO = {
    Flow.apply: "utter_apply_intro", Flow.query: "utter_query_intro",
    Flow.appointment: "utter_appointment_intro",
}
STORY = "description"
"""The element that asks what happened."""
NEARER = 0.8
PLAIN = 0.5
"""An act less certain than this is not acted upon when the words are mostly anger."""
OF_OFFICIALS = re.compile(r"窗口|工作人员|办事员|办事大厅|服务态度|你们|民警|城管|科员|公务员")
"""Grievances about officials; they are no traders, however alike the words are."""
VAIN = re.compile(r"(?:一直|还是|到现在|[都还又也总老])*(?:[没不]有?|不能)(?:办|弄|搞|解决|处理)(?:成|好|下来|完|掉)?")
"""What upset people say of all they came for."""
GRIEVES = re.compile(r"投诉|举报|反映|告")


class ActionApply(TurnAction):
    """Starts the application of the item that is meant."""

    def name(self) -> str:
        """See rasa_sdk.Action."""
        return "action_apply"

    def act(self, turn: Turn, say: Say) -> list[EventType]:
        """See TurnAction."""
        if turn.entities.get("receipt"):
            return do_again(turn, say, str(turn.entities["receipt"]))
        if wanted_after_all(turn, say):
            return []
        event = wants_all(turn)
        if event is not None:
            return start_event(turn, say, event)
        if (visit := about_visit(turn, say)) is not None:
            return visit
        event = event_meant(turn)
        if event is not None:
            return start_event(turn, say, event) if turn.entities else heard(turn, say) + tell(turn, say, event)
        found = find_item(turn)
        line = hotline_for(turn) if found.item is None else None
        if line is not None:
            return refer(turn, say, line)
        if found.item is None:
            return ask_which(turn, say, found.candidates, "apply")
        if asks_what_happened(turn, found.item) and not turn.text.startswith("/"):
            return told(turn, say)
        if (again := failed_in_talk(turn, found.item)) is not None:
            return do_again(turn, say, again)
        return heard(turn, say) + start(turn, say, found.item)


def failed_in_talk(turn: Turn, item: ServiceItem) -> str | None:
    """重新申请, after it was said that a step of a life event failed: its receipt number."""
    try:
        case = turn.core.cases.by_receipt(turn.citizen, turn.slot("case") or "")
    except CitizenError:
        return None
    return case.receipt if case.again and case.item == item.item and not turn.filling else None


class ActionBegin(TurnAction):
    """A wish that is an act of its own (12345 诉求, 要求开放数据): starts the item that takes it, or
    a nearer one that the words name (拖欠工资)."""

    def name(self) -> str:
        """See rasa_sdk.Action."""
        return "action_begin"

    def act(self, turn: Turn, say: Say) -> list[EventType]:
        """See TurnAction."""
        takes = next((i for i in turn.catalogue.items.values() if turn.act in i.acts), None)
        best = turn.item(turn.matches[0]["item"]) if turn.matches else None
        if turn.filling and takes and asks_what_happened(turn, takes):
            return told(turn, say)
        if not turn.filling and feeling_in(turn.whole) == "upset" and (turn.confidence < PLAIN or only_vents(turn.text)):
            say("utter_abuse")  # heard first, with a way to a human
            return remember(state="unsure")
        if takes and best and not turn.filling and not named_in(GRIEVES.sub("", turn.text)):  # 我要投诉
            return ask_which(turn, say, list({i.item: i for i in (takes, best)}.values()), "apply")
        certain = turn.matches and turn.matches[0]["score"] >= NEARER and not OF_OFFICIALS.search(turn.text)
        if best and best.flow is not Flow.guide and certain:
            takes = best
        if takes is None or (turn.filling and turn.text.startswith("/")):
            say(f"utter_{turn.act}")
            return remember()
        if turn.filling and turn.draft():
            return put_off(turn, say)
        return heard(turn, say) + start(turn, say, takes)


def only_vents(text: str) -> bool:
    """Whether somebody is upset and names neither a matter nor whom they complain of: 跑了三趟都没办成."""
    return not GRIEVES.search(text) and len(named_in(VAIN.sub("", text))) < LEAST_SUBJECT


def put_off(turn: Turn, say: Say) -> list[EventType]:
    """Another wish in the middle of an application: kept, and taken up when that is finished."""
    later = turn.slot("later") or []
    if turn.text not in later:
        later = [*later, turn.text]
    say("utter_later", requests=turn.text)
    return [*remember(), SlotSet("later", later)]


def asks_what_happened(turn: Turn, item: ServiceItem) -> bool:
    """Whether the form of ``item`` is open at the question what happened: a grievance answers it."""
    kept = turn.slot("draft") or {}
    return turn.filling and kept.get("item") == item.item and kept.get("element") == STORY


def unusable(turn: Turn, say: Say) -> list[EventType] | None:
    """Explain an answer that is too short or no good for the open question of words; None when the
    message asks something, or no such question is open."""
    kept = turn.slot("draft") or {}
    element = turn.catalogue.elements.get(kept.get("element") or "")
    if not turn.filling or element is None or element.type is not ElementType.text or ASKS.search(turn.text):
        return None
    try:
        checks.read(element, turn.text, turn.core.today())
    except CitizenError as error:
        return _explain(say, kept, element, error)
    return None


def _explain(say: Say, kept: dict[str, Any], element: Element, error: CitizenError) -> list[EventType]:
    say(error.response, **{"example": element.example, **error.values})
    return [SlotSet("draft", {**kept, "explained": element.element}), SlotSet("state", "asking")]


def told(turn: Turn, say: Say) -> list[EventType]:
    """Keep what was told as the answer; too short a one is explained."""
    kept, draft = turn.slot("draft"), turn.draft()
    element = turn.catalogue.elements[kept["element"]]
    try:
        value = checks.read(element, turn.text, turn.core.today())
    except CitizenError as error:
        return _explain(say, kept, element, error)
    if draft is not None:
        turn.core.drafts.answer(turn.citizen, draft.id, element.element, value)
    return []


def start(turn: Turn, say: Say, item: Matter) -> list[EventType]:
    """Open (or go on with) the draft of ``item``; a guide-only item says how it is done instead."""
    if isinstance(item, LifeEvent):
        return start_event(turn, say, item)
    if not isinstance(item, CompleteItem):
        return _say_whose(turn, say, item)
    if item.flow is Flow.guide:
        place = item.places[0]
        say(
            "utter_guide_only", item=item.name, reason=item.flow_reason, online=item.online,
            place=f"{place.name}：{place.address}。{place.hours}", source=item.source_line,
            buttons=[] if turn.filling else [
                button("要带什么", "consult", item=item.item, aspect="materials"),
                button("怎么办", "consult", item=item.item, aspect="process"),
            ],
        )
        return remember(item=item.item, state="consulting")
    now = turn.draft()
    if turn.filling and now and now.item == item.item:
        return remember(item=item.item)
    draft = turn.core.drafts.start(turn.citizen, item)
    if lacks(turn, item):
        return ask_to_sign_in(turn, say, item)
    if draft.answers:
        done, total = form.progress(item, draft.answers)
        say("utter_resume", item=item.name, done=done - 1, total=total)
    else:
        total = len(form.asked_fields(item, {}))
        say(INTRO[item.flow], item=matter(item.name, "办理", "预约"), total=total, **_spoken(turn, item))
        spared(say, item)
        offer_whole(turn, say, item)
        if not turn.core.sign_ins.offered:
            say("utter_declared")
    announce_waiting(turn, say)
    return enter(draft.id, item)


def _say_whose(turn: Turn, say: Say, item: ServiceItem) -> list[EventType]:
    """Nothing but a list's facts are known: say so, and who takes applications."""
    response, values = listed.cannot_apply(item, turn.department(item))
    say(
        response, item=item.name, source=item.source_line, **values,
        buttons=[] if turn.filling else [
            button("还知道什么", "consult", item=item.item, aspect="overview"),
            button("转人工", "hand_off"),
        ],
    )
    return remember(item=item.item, state="consulting")


def matter(name: str, *endings: str) -> str:
    """An item's name before a word that says the same again: 公共租赁住房申请 → 公共租赁住房(的申请)."""
    ending = next((e for e in endings if name.endswith(e)), "")
    return name.removesuffix(ending)


def back(turn: Turn, say: Say) -> list[EventType]:
    """回到之前那个: the item talked about before this one, or what is on offer."""
    from actions.consult import answer

    item = turn.matter(turn.slot("item_before")) or turn.matter(turn.slot("item"))
    if item is None:
        return ask_which(turn, say, [], "consult")
    if isinstance(item, LifeEvent):
        return tell(turn, say, item)
    return answer(turn, say, item, "overview")


def _spoken(turn: Turn, item: CompleteItem) -> dict[str, Any]:
    from actions.guide import fee_words, limit_words

    return {
        "department": turn.department(item).short_name, "fee": fee_words(item.fee),
        "limit": limit_words(item, turn.core.today()),
    }


class ActionResumeDraft(TurnAction):
    """Goes on with the draft that was touched last."""

    def name(self) -> str:
        """See rasa_sdk.Action."""
        return "action_resume_draft"

    def act(self, turn: Turn, say: Say) -> list[EventType]:
        """See TurnAction."""
        if turn.filling and turn.draft():
            if WHERE.search(turn.text):
                where_am_i(turn, say)
            return remember()
        draft = turn.core.drafts.latest(turn.citizen)
        talked = {turn.slot("item"), turn.slot("item_before")} - {None}
        if BACK.search(turn.text) and talked and (draft is None or draft.item not in talked):
            return back(turn, say)
        if draft is None:
            return no_draft(turn, say)
        return start(turn, say, turn.filled_in(draft))
