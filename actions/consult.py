"""Consultation (咨询): answered from the service's own guide."""

from __future__ import annotations

import re

from rasa_sdk.events import EventType

from actions.change_answer import wanted_after_all
from actions.chitchat import about_visit
from actions.consent import by_consent
from actions.feelings import heard
from actions.find_item import LEAST_SUBJECT, Found, ask_which, find_item, named_in
from actions.guide import ASPECTS, FLOW_BUTTONS, SHORT_ASPECTS
from actions.life_event import around_button, event_in_talk, event_meant, tell, tell_of_which
from actions.list_services import ActionListServices
from actions.listed import knows
from actions.office import of_department, of_same_office
from actions.questions import answered_question
from actions.referral import hotline_for, refer
from actions.region import away, elsewhere
from actions.turn import Say, Turn, TurnAction, button, remember
from gateway.catalogue.model import (
    CompleteItem,
    Fee,
    Flow,
    HandlingForm,
    Limit,
    Question,
    ServiceItem,
    Unit,
)
from gateway.catalogue.search import find_department
from gateway.understanding.text import normalise

ABOUT_DEPARTMENT = re.compile(r"有啥|管啥|干啥|做啥|管|干|做|事情|业务|服务|服务项目|项目|哪些|哪个|都|些|事|查|看|找|问|一下")
"""What is said around the name of a department by who asks what it does."""
AN_OFFICE = re.compile(r"[局委会联中心办处院厅科站队]$")
"""The other names of departments are matters as well: 公积金."""
OF_DEPARTMENT = frozenset({"", "overview", "conditions", "process", "phone", "location", "hours"})
OWN_SUM = re.compile(r"[查看].{0,8}(?:多少|几多|几钱|几套|余额)|(?:还剩|还有|剩|里有|余额|总共有|一共有).{0,5}(?:多少|几多|几钱|几套)")
"""A wish to be told a figure of one's own (查下公积金有几多钱, 公积金还剩多少), not what the service costs."""
GETS = re.compile(r"领(?:到|取)?(?:啥|什么|多少|几个?)?钱|能(?:领|拿|发)多少|(?:发|补|给|补贴)(?:我|我们|他|她|老人)?多少")
IN_ENGLISH = {
    Flow.apply: "You can apply here (the form is in Chinese).", Flow.query: "You can look it up here (in Chinese).",
    Flow.appointment: "Book a time here (in Chinese), then come in person.",
}


class ActionConsult(TurnAction):
    """Answers one aspect of one item, or asks which item is meant."""

    def name(self) -> str:
        """See rasa_sdk.Action."""
        return "action_consult"

    def act(self, turn: Turn, say: Say) -> list[EventType]:
        """See TurnAction."""
        if not turn.entities and only_department(turn):
            return of_department(turn, say)
        told = of_same_office(turn, say)
        if told is not None:
            return told
        if wanted_after_all(turn, say):
            return []
        if turn.filling and not turn.text.startswith("/"):
            from actions.apply import unusable

            explained = unusable(turn, say)
            if explained is not None:
                return explained
        event = event_meant(turn)
        if event is not None:
            return heard(turn, say) + tell(turn, say, event)
        line = hotline_for(turn)
        if line is not None:
            return refer(turn, say, line)
        if (told := about_visit(turn, say)) is not None:
            return told
        found = find_item(turn)
        event = event_in_talk(turn)
        if found.item is None and event and len(named_in(turn.text)) < LEAST_SUBJECT:
            return tell_of_which(turn, say, event)
        english = turn.slot("script") == "en"
        if english and found.item is None and len(found.candidates) == 1:
            found = Found(found.candidates[0])  # its name comes first, so a wrong guess is seen at once
        if found.item is None:
            if not found.candidates and find_department(turn.catalogue, turn.text):
                return ActionListServices().act(turn, say)
            return ask_which(turn, say, found.candidates, "consult")
        if english:
            return in_english(turn, say, found.item)
        return heard(turn, say) + self._told(turn, say, found.item)

    def _told(self, turn: Turn, say: Say, item: ServiceItem) -> list[EventType]:
        if turn.slot("returned") and item.item == turn.slot("item") and len(named_in(turn.text)) < LEAST_SUBJECT:
            say("utter_last_time", item=item.name)  # 多少钱, hours later: of what?
        if item.flow is Flow.query and not turn.filling and OWN_SUM.search(normalise(turn.text)):
            from actions.apply import start

            return start(turn, say, item)
        if not turn.text.startswith("/") and (told := away(turn, say, item)) is not None:
            return told
        question = None if turn.text.startswith("/") else answered_question(item, turn.text)
        if question is not None:
            return faq(turn, say, item, question)
        aspect = str(turn.entities.get("aspect") or turn.aspect or "overview")
        if aspect == "fee" and GETS.search(turn.text):
            aspect = "overview"  # what people are paid, not what they pay
        return answer(turn, say, item, aspect)


def only_department(turn: Turn) -> bool:
    """Whether the text names a department and nothing it does: 退役军人局有啥, 残联, 医保局电话."""
    text = normalise(turn.text)
    department = find_department(turn.catalogue, text)
    if department is None or turn.aspect not in OF_DEPARTMENT:
        return False
    names = sorted((department.name, department.short_name, *department.aliases), key=len, reverse=True)
    name = next(n for n in names if normalise(n) in text)
    return bool(AN_OFFICE.search(name)) and not named_in(ABOUT_DEPARTMENT.sub("", text.replace(normalise(name), "", 1)))


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
        response, buttons=[] if turn.filling else [*next_steps(item, aspect), *around_button(turn, item)],
        item=item.name, source=item.source_line, **values,
    )
    if aspect == "materials":
        by_consent(turn, say, item)
    offer = {"act": "apply", "item": item.item} if item.flow in FLOW_BUTTONS else None
    return remember(item=item.item, offer=None if turn.filling else offer, state="consulting") + elsewhere(turn, say, item)


def in_english(turn: Turn, say: Say, item: ServiceItem) -> list[EventType]:
    """The key facts, for a question in English; all in Chinese where nobody has written them."""
    if not isinstance(item, CompleteItem) or item.english is None:
        return answer(turn, say, item, "overview")
    english = item.english
    say(
        "utter_english", name=english.name, summary=english.summary, phone=item.phone,
        bring=", ".join(english.bring) or "nothing", fee=english_fee(item.fee),
        limit=english_limit(item.promised_limit),
        online=IN_ENGLISH.get(
            item.flow, "It can be done online." if HandlingForm.online in item.forms else "Come to the counter.",
        ),
        buttons=[] if turn.filling or item.flow not in IN_ENGLISH else [button("Start", "apply", item=item.item)],
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
