"""Words that name nothing: after a case they ask how it goes, after its end they grade it, else they are talk."""

from __future__ import annotations

import re

from rasa_sdk.events import EventType

from actions.feelings import feeling_in, heard
from actions.progress import show
from actions.rating import graded
from actions.turn import Say, Turn, TurnAction, button

HOW_IT_GOES = re.compile(
    r"[那哎]?(?:然后|后来|结果|现在|这会儿?|今天)?(?:怎么样|咋样|怎样|好了|办好|弄好|有消息|有进展|有结果|啥情况|什么情况)?[了没有吗呢么啊]{0,3}[?？。!！ ]*"
)
"""现在呢, 有消息没, 后来怎么样了: about the case that was shown."""
LONGEST = 10
OF_A_CASE = frozenset({"submitted", "progress", "cases"})


class ActionChitchat(TurnAction):
    """Small talk, unless it is about the case in talk, or somebody tells how they feel."""

    def name(self) -> str:
        """See rasa_sdk.Action."""
        return "action_chitchat"

    def act(self, turn: Turn, say: Say) -> list[EventType]:
        """See TurnAction."""
        told = None if turn.filling else about_case(turn, say)
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
    return None
