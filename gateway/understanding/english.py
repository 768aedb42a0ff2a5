"""What English speakers want that has nothing to do with a service: a greeting, a human, help in danger.

The acts are learned in Chinese. In English these few are told by their words, and so is a cry for help, which
must never depend on what was learned.
"""

from __future__ import annotations

import re
from typing import Optional

CHINESE = re.compile(r"[㐀-鿿]")

_ACTS: tuple[tuple[str, re.Pattern[str]], ...] = tuple((act, re.compile(words, re.IGNORECASE)) for act, words in (
    ("crisis", (
        r"\b(?:kill(?:ing)?|hurt(?:ing)?|cut(?:ting)?|harm(?:ing)?) (?:myself|herself|himself|themselves)\b|\bsuicid|\bend (?:my|it) (?:all|life)\b|"
        r"\b(?:want|going|ready|wish) to (?:die|be dead)\b|\bwish i (?:was|were) dead\b|\bdon'?t want to (?:live|be alive)\b|"
        r"\bno reason to live\b|\bself[- ]harm|\boverdos|"
        r"\b(?:house|home|building|flat|apartment|room|kitchen|car) is (?:on fire|burning)\b|\bon fire\b|^(?:help\W+)?fire\b|\bthere(?:'s| is) (?:a |an )?(?:fire|gas leak)\b|\bgas leak|"
        r"\b(?:beats?|beating|hits?|hitting|chok(?:es|ing)|attack(?:s|ed|ing)?|stabb?(?:ed|ing)?|rap(?:ed|ing)|threaten(?:s|ed|ing)?(?: to kill)?) me\b|"
        r"\b(?:he|she|they)(?:'s| is|'re| are)? (?:going to|will|gonna) (?:kill|hurt) (?:me|us|him|her)\b|"
        r"\b(?:break(?:ing)?|broke|broken) into my\b|\bbeing (?:followed|attacked|robbed)\b|\bkidnap|"
        r"\bheart attack\b|\bhaving a stroke\b|\bcan(?:'|no)?t breathe\b|\bnot breathing\b|\bunconscious\b|\bpassed out\b|\bbleeding (?:badly|a lot|heavily|out)\b|"
        r"\b(?:call|need|send|get)(?: me)?(?: an?| the)? (?:ambulance|police)\b|\bin danger\b|^help(?: me)?!+$|\bemergency\b"
    )),
    ("hand_off", (
        r"^(?:human|agent|operator|a (?:real )?(?:human|person))\W*$|"
        r"\b(?:talk|speak|chat|connect(?: me)?|transfer(?: me)?)(?: to| with)? (?:a |an |some|the |your )?(?:real |live |human )?(?:human|person|agent|someone|somebody|operator|staff|one|representative)\b"
    )),
    ("bot_identity", r"\b(?:are|r) (?:you|u) (?:a |an )?(?:bot|robot|human|real|ai|machine|program)\b|\bwho are you\b|\bwhat are you\b"),
    ("stop", r"^(?:stop|cancel|quit|exit|never ?mind|forget it)\W*$"),
    ("thanks", r"^(?:ok(?:ay)?\W+|great\W+)?(?:thanks?|thank (?:you|u)|thx|many thanks|cheers)\b.{0,24}$"),
    ("goodbye", r"^(?:ok(?:ay)?\W+)?(?:good ?bye|bye(?:[- ]bye)?|see (?:you|ya)|have a (?:nice|good) (?:day|one))\b.{0,16}$"),
    ("greet", r"^(?:hello|hi|hey|good (?:morning|afternoon|evening)|greetings|how are you)(?:\W+(?:there|again|yiwen|how are you))*\W*$"),
    ("help", r"^(?:please )?help(?: me)?(?: please)?\W*$|\bwhat (?:can|do) you (?:do|help)\b|\bhow (?:can|could) you help\b|\bhow does this work\b"),
    ("query_progress", r"\b(?:my|the) applications?\b.{0,20}$|\b(?:progress|status) of my\b|\bwhere is my application\b"),
))
_PAPERS = re.compile(r"\b(?:certificate|permit|licen[cs]e)s?\b", re.IGNORECASE)
"""Who names a paper asks about it, whatever words stand beside it: a fire safety certificate."""


def english_act(text: str) -> Optional[str]:
    """The act of an English message, where its words tell; None for everything about a service."""
    said = text.replace("’", "'").strip()
    if CHINESE.search(said) or not re.search(r"[A-Za-z]", said) or _PAPERS.search(said):
        return None
    return next((act for act, words in _ACTS if words.search(said)), None)
