"""One short sentence for themselves, before the matter, to who is upset, has lost something or is in mourning."""

from __future__ import annotations

import re

from rasa_sdk.events import EventType, SlotSet

from actions.turn import Say, Turn

FEELINGS = {
    "grief": re.compile(
        r"去世|过世|病故|病逝|离世|逝世|(?:[爸妈爷奶婆]|老伴|父亲|母亲|老人|爱人|丈夫|妻子|外公|老公|媳妇)(?:去年|今年|上个?月|前几天|昨天|刚刚?|已经)?走了(?!失)"
    ),
    "upset": re.compile(
        r"[烦气急]死|真烦|好烦|太烦|受够|跑了.{1,3}[趟次回]|折腾|太过分|来来回回|火大|郁闷|崩溃|心累|累死|愁死|欲哭无泪|白跑"
    ),
    "hurry": re.compile(r"(?:我|很|好|太|特别|挺)(?:着|心)急|急着|急用|急需|赶时间|来不及|等不[及了起]"),
    "loss": re.compile(r"(?:钱包|书包|背包|提包|行李).{0,6}(?:丢|偷|抢|没了|不见|找不)|被偷|遭贼|被抢|小偷|吓死|慌死|完了完了"),
}
"""What people say of themselves; the first that fits is answered."""


def feeling_in(text: str) -> str | None:
    """The feeling that the words tell of."""
    return next((name for name, words in FEELINGS.items() if words.search(text)), None)


def heard(turn: Turn, say: Say) -> list[EventType]:
    """Say the sentence, once until another feeling shows; nothing in the middle of an application."""
    feeling = None if turn.filling else feeling_in(turn.whole)
    if feeling is None or feeling == turn.slot("heard"):
        return []
    say(f"utter_feel_{feeling}")
    return [SlotSet("heard", feeling)]
