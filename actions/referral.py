"""What is not ours, and whose it is: 快递丢了 goes to 12305. The lines are data, ``catalogue/hotlines.yml``."""

from __future__ import annotations

from rasa_sdk.events import EventType, SlotSet

from actions.turn import Say, Turn, remember
from gateway.catalogue.hotlines import Hotline, find_hotline
from gateway.understanding.text import normalise

OURS = 0.5
"""From this chance on, a service that the words name is meant, whatever else stands there."""


def hotline_for(turn: Turn) -> Hotline | None:
    """The line for what the message is about, unless it names a service that is here."""
    if turn.text.startswith("/") or any(m["score"] >= OURS and m["named"] for m in turn.matches[:1]):
        return None
    return find_hotline(turn.core.hotlines, normalise(turn.text))


def refer(turn: Turn, say: Say, line: Hotline) -> list[EventType]:
    """Name the line and what to say there. What was talked about, or is being filled in, stays."""
    say("utter_referral", number=line.number, name=line.name, say=line.say)
    return [SlotSet("state", "out_of_scope")] if turn.filling else remember(state="out_of_scope")
