"""Words that name nothing: after a case they ask how it goes, after its end they grade it, else they are talk."""

from __future__ import annotations

import re

from rasa_sdk.events import EventType

from actions.feelings import feeling_in, heard
from actions.office import of_same_office
from actions.progress import show
from actions.rating import graded
from actions.turn import Say, Turn, TurnAction, button

HOW_IT_GOES = re.compile(
    r"[那哎]?(?:然后|后来|结果|现在|这会儿?|今天)?(?:怎么样|咋样|怎样|好了|办好|弄好|有消息|有进展|有结果|啥情况|什么情况)?[了没有吗呢么啊]{0,3}[?？。!！ ]*"
)
"""现在呢, 有消息没, 后来怎么样了: about the case that was shown."""
OF_THE_VISIT = re.compile(
    r"(?:[约定]的?|预约)(?:是|在|到)?(?:几点|哪天|几号|哪里|哪儿|在哪|什么时[候间]|啥时候?|哪个时间)|[改换](?:一?下|个|到)?(?:预约)?(?:时间|日子|[一那别其]天|期)|改期|改约|改到"
)
"""约的几点, 能改个时间吗: about the visit that was booked."""
LONGEST = 10
OF_A_CASE = frozenset({"submitted", "progress", "cases"})


class ActionChitchat(TurnAction):
    """Small talk, unless it is about the case in talk, or somebody tells how they feel."""

    def name(self) -> str:
        """See rasa_sdk.Action."""
        return "action_chitchat"

    def act(self, turn: Turn, say: Say) -> list[EventType]:
        """See TurnAction."""
        told = None if turn.filling else about_case(turn, say) or of_same_office(turn, say)
        if told is not None:
            return told
        feeling = None if turn.filling else feeling_in(turn.whole)
        if feeling is None:
            say("utter_chitchat")
            return []
        events = heard(turn, say)
        say("utter_feel_next", buttons=[button("转人工", "hand_off")])
        return events


def about_case(turn: Turn, say: Say) -> list[EventType] | None:
    """How the case in talk goes, or its grade; None when the words mean neither."""
    told = graded(turn, say)
    if told is not None:
        return told
    text = turn.text.strip()
    receipt = turn.slot("case")
    asks = 1 < len(text) <= LONGEST and HOW_IT_GOES.fullmatch(text)
    if receipt and turn.slot("state") in OF_A_CASE and asks:
        return show(turn, say, receipt)
    return about_visit(turn, say)


def about_visit(turn: Turn, say: Say) -> list[EventType] | None:
    """The booked case in talk, when its time is asked for or to be changed; None when it is not about that."""
    receipt = turn.slot("case")
    if turn.filling or not receipt or turn.slot("state") not in OF_A_CASE or not OF_THE_VISIT.search(turn.text):
        return None
    return show(turn, say, receipt)
