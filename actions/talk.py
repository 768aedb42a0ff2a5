"""Everything that is not about one item: help, choosing, yes and no, a human, not understood."""

from __future__ import annotations

import re

from rasa_sdk.events import EventType

from actions.apply import back, start, unusable
from actions.chitchat import about_case
from actions.consult import ActionConsult, answer, faq, in_english
from actions.feelings import heard
from actions.find_item import BACK, LIKELY, ask_which, nearer_kin, placed, popular
from actions.life_event import event_in_talk, event_meant, tell
from actions.list_services import departments
from actions.office import of_same_office
from actions.progress import receipt_in, show, withdraw
from actions.questions import answered_question, named_question
from actions.referral import hotline_for, refer
from actions.turn import Say, Turn, TurnAction, remember
from gateway.cases.values import find_ordinal
from gateway.catalogue.model import Flow, ServiceItem
from gateway.understanding.cues import REPORTED

NAMED_INSTEAD = 0.25
"""不是 … with an item this likely says which one it is instead."""


class ActionChoose(TurnAction):
    """One of the offered items: by button, by number, or by name."""

    def name(self) -> str:
        """See rasa_sdk.Action."""
        return "action_choose"

    def act(self, turn: Turn, say: Say) -> list[EventType]:
        """See TurnAction."""
        item = chosen(turn)
        if item is None and BACK.search(turn.text):
            return back(turn, say)
        if item is None:
            return not_understood(turn, say)
        pending = turn.slot("pending") or {}
        more = not turn.text.startswith("/") and find_ordinal(turn.text) is None  # 第二个要多少钱
        aspect = (turn.aspect if more else "") or pending.get("aspect")
        return go(turn, say, item, pending.get("act") or "consult", aspect or "")


def chosen(turn: Turn) -> ServiceItem | None:
    """The candidate that the turn picks."""
    named = turn.item(turn.entities.get("item"))
    if named:
        return named
    candidates = [turn.item(c["item"]) for c in turn.slot("candidates") or []]
    place = placed(turn.text)
    if place and place <= len(candidates):
        return candidates[place - 1]
    ids = {c.item for c in candidates if c}
    best = next((m for m in turn.matches if m["item"] in ids), None)
    return turn.item(best["item"]) if best else None


def go(turn: Turn, say: Say, item: ServiceItem, act: str, aspect: str) -> list[EventType]:
    """Do with ``item`` what was asked before it was clear."""
    if act == "apply":
        return start(turn, say, item)
    if turn.slot("script") == "en":
        return in_english(turn, say, item)
    return answer(turn, say, item, aspect or "overview")


class ActionAffirm(TurnAction):
    """对、好的: does what was offered last."""

    def name(self) -> str:
        """See rasa_sdk.Action."""
        return "action_affirm"

    def act(self, turn: Turn, say: Say) -> list[EventType]:
        """See TurnAction."""
        offer = turn.slot("offer") or {}
        item = turn.matter(offer.get("item"))
        if offer.get("act") == "apply" and item:
            return start(turn, say, item)
        if offer.get("act") == "withdraw_case":
            return withdraw(turn, say, offer["receipt"])
        candidates = turn.slot("candidates") or []
        only = turn.item(candidates[0]["item"]) if len(candidates) == 1 else None
        if only:
            pending = turn.slot("pending") or {}
            return go(turn, say, only, pending.get("act") or "consult", pending.get("aspect") or "")
        several = [i for i in (turn.item(c["item"]) for c in candidates) if i]
        if several and turn.slot("state") == "clarifying":  # 好, to a question of which
            pending = turn.slot("pending") or {}
            return ask_which(turn, say, several, pending.get("act") or "consult")
        told = about_case(turn, say)
        if told is not None:
            return told
        say("utter_what_next", buttons=popular(turn))
        return remember(state="idle")


class ActionDeny(TurnAction):
    """不是、都不是: offers another way."""

    def name(self) -> str:
        """See rasa_sdk.Action."""
        return "action_deny"

    def act(self, turn: Turn, say: Say) -> list[EventType]:
        """See TurnAction."""
        best = next((m for m in turn.matches if m["score"] >= NAMED_INSTEAD), None)
        if best:  # 不是，我要买房提
            pending = turn.slot("pending") or {}
            meant = turn.catalogue.items[best["item"]]
            return go(turn, say, nearer_kin(turn, meant) or meant, pending.get("act") or "consult", "")
        offer = turn.slot("offer") or {}
        if offer.get("act") == "withdraw_case":  # it goes on, and that is shown
            return show(turn, say, offer["receipt"])
        if turn.slot("candidates") and event_in_talk(turn) is None:
            say("utter_none_of_them", buttons=departments(turn))
            return remember(state="clarifying")
        told = about_case(turn, say)
        if told is not None:
            return told
        say("utter_all_right")
        return remember(state="idle")


class ActionHelp(TurnAction):
    """What can be done here; in a form, what the open question means."""

    def name(self) -> str:
        """See rasa_sdk.Action."""
        return "action_help"

    def act(self, turn: Turn, say: Say) -> list[EventType]:
        """See TurnAction."""
        if turn.filling:
            say("utter_help_filling")
            return []
        if turn.slot("script") == "en":
            return help_in_english(turn, say)
        doable = [i for i in turn.catalogue.items.values() if i.flow is not Flow.guide]
        say("utter_help", count=len(turn.catalogue.items), doable=len(doable), buttons=popular(turn))
        return remember(state="idle")


def help_in_english(turn: Turn, say: Say) -> list[EventType]:
    """The facts of the item in talk (How much is it?), or how to ask."""
    item = turn.item(turn.slot("item"))
    if item and not re.search(r"\bhelp\b", turn.text, re.IGNORECASE):
        return in_english(turn, say, item)
    say("utter_english_which")
    return remember(state="idle")


class ActionHandOff(TurnAction):
    """转人工: recorded for staff; the conversation goes on meanwhile."""

    def name(self) -> str:
        """See rasa_sdk.Action."""
        return "action_hand_off"

    def act(self, turn: Turn, say: Say) -> list[EventType]:
        """See TurnAction."""
        item = turn.item(turn.slot("item"))
        phone = item.phone if item else "12345"
        say("utter_hand_off", phone=phone, item=item.name if item else "政务服务")
        return remember(state="handed_off")


class ActionRepeat(TurnAction):
    """再说一遍: the last replies once more, with their buttons."""

    def name(self) -> str:
        """See rasa_sdk.Action."""
        return "action_repeat"

    def act(self, turn: Turn, say: Say) -> list[EventType]:
        """See TurnAction."""
        if turn.filling:
            return []  # the form asks its question again
        said = last_replies(turn)
        if not said:
            say("utter_nothing_said")
        for reply in said:
            say("utter_repeat", text=reply["text"], buttons=(reply.get("data") or {}).get("buttons") or [])
        return []


def last_replies(turn: Turn) -> list[dict]:  # type: ignore[type-arg]
    """What the assistant said in its last turn, in order."""
    replies: list[dict] = []  # type: ignore[type-arg]
    users = 0
    for event in reversed(turn.tracker.events):
        users += event["event"] == "user"
        if users == 2:
            break
        if event["event"] == "bot" and event.get("text"):
            replies.append(event)
    return replies[::-1]


class ActionInform(TurnAction):
    """A value outside a form: a receipt number is looked up, an ordinal chooses, else we ask."""

    def name(self) -> str:
        """See rasa_sdk.Action."""
        return "action_inform"

    def act(self, turn: Turn, say: Say) -> list[EventType]:
        """See TurnAction."""
        receipt = receipt_in(turn)
        if receipt:
            return show(turn, say, receipt)
        if REPORTED.search(turn.text):
            say("utter_reported")
            return remember(state="idle")
        event = event_meant(turn)
        if event is not None:
            return tell(turn, say, event)
        if turn.slot("candidates") and chosen(turn):
            return ActionChoose().act(turn, say)
        if turn.matches and turn.matches[0]["score"] >= LIKELY and not turn.elements:
            return ActionConsult().act(turn, say)
        say("utter_inform_nowhere", buttons=popular(turn))
        return remember(state="unsure")


class ActionUnsure(TurnAction):
    """Not understood well enough: says so, and offers the nearest items."""

    def name(self) -> str:
        """See rasa_sdk.Action."""
        return "action_unsure"

    def act(self, turn: Turn, say: Say) -> list[EventType]:
        """See TurnAction."""
        if turn.slot("candidates") and chosen(turn):
            return ActionChoose().act(turn, say)
        event = event_meant(turn)
        if event is not None:
            return heard(turn, say) + tell(turn, say, event)
        line = hotline_for(turn)
        if line is not None:
            return refer(turn, say, line)
        known = turn.item(turn.slot("item"))
        question = answered_question(known, turn.text) if known else None
        return faq(turn, say, known, question) if known and question else not_understood(turn, say)


def not_understood(turn: Turn, say: Say) -> list[EventType]:
    """Offer what is near; after a second miss, departments and a human."""
    told = about_case(turn, say) or of_same_office(turn, say)
    if told is not None:
        return told
    near = [turn.item(m["item"]) for m in turn.matches if m["score"] >= 0.15][:3]
    known = [i for i in near if i]
    if known:
        return ask_which(turn, say, known, "consult")
    if turn.slot("script") == "en":
        return help_in_english(turn, say)
    again = turn.slot("state") == "unsure"
    say(
        "utter_not_understood_again" if again else "utter_not_understood",
        buttons=departments(turn) if again else popular(turn),
    )
    return remember(state="unsure")


class ActionOutOfScope(TurnAction):
    """Not government's: says so, and what can be done here."""

    def name(self) -> str:
        """See rasa_sdk.Action."""
        return "action_out_of_scope"

    def act(self, turn: Turn, say: Say) -> list[EventType]:
        """See TurnAction."""
        line = hotline_for(turn)
        if line is not None:
            return refer(turn, say, line)
        if event_meant(turn) or (turn.matches and turn.matches[0]["score"] >= LIKELY):
            return ActionConsult().act(turn, say)
        known = turn.item(turn.slot("item")) if turn.slot("state") == "consulting" else None
        question = named_question(known, turn.text) if known else None
        if known and question:  # 财产怎么分, in a talk about a divorce
            return faq(turn, say, known, question)
        explained = unusable(turn, say) or about_case(turn, say) or of_same_office(turn, say)
        if explained is not None:
            return explained
        if turn.slot("candidates") and placed(turn.text) and chosen(turn):
            return ActionChoose().act(turn, say)
        if turn.slot("script") == "en" and not turn.filling:
            say("utter_english_which")
            return remember(state="out_of_scope")
        say("utter_out_of_scope", buttons=[] if turn.filling else popular(turn))
        return remember(state="out_of_scope")
