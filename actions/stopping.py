"""Stopping an application, and starting anew."""

from __future__ import annotations

import re

from rasa_sdk.events import EventType

from actions.apply import start
from actions.change_answer import step_chosen_anew
from actions.life_event import BEGINS
from actions.turn import Say, Turn, TurnAction, button, leave, remember
from gateway.catalogue.model import ServiceItem

RATHER = re.compile(r"还是|先说|先问|换成|改成|改办|我要问|我想问|想办|要办")


class ActionStop(TurnAction):
    """Stops filling in; the draft is kept, and the citizen is told how to go on or erase it."""

    def name(self) -> str:
        """See rasa_sdk.Action."""
        return "action_stop"

    def act(self, turn: Turn, say: Say) -> list[EventType]:
        """See TurnAction."""
        draft = turn.draft()
        if draft and turn.filling and step_chosen_anew(turn, say, turn.filled_in(draft), draft):
            return remember(state="asking")  # 社保卡不办了: that step only
        rather = named_instead(turn)
        if draft is None and rather:
            from actions.consult import answer

            return answer(turn, say, rather, "overview")
        if draft is None:
            say("utter_stop")
            return leave(state="idle")
        item = turn.filled_in(draft)
        say(
            "utter_stopped", item=item.name, days=turn.core.settings.draft_days,
            buttons=[button("接着填", "resume_draft"), button("删掉已填内容", "restart")],
        )
        return leave(state="idle")


def named_instead(turn: Turn) -> ServiceItem | None:
    """算了，还是先说护照: the item that is named instead, if its name or an alias stands there."""
    said = RATHER.split(turn.text)[-1] if RATHER.search(turn.text) else ""
    named = [
        (len(name), item) for item in turn.catalogue.items.values()
        for name in (item.name, *item.aliases) if said and name in said
    ]
    return max(named, key=lambda pair: pair[0])[1] if named else None


class ActionRestart(TurnAction):
    """重新开始: the draft is erased and everything remembered is forgotten."""

    def name(self) -> str:
        """Rasa runs this name for the act ``restart``, in a form or not."""
        return "action_restart"

    def act(self, turn: Turn, say: Say) -> list[EventType]:
        """See TurnAction."""
        offer = turn.slot("offer") or {}
        offered = turn.matter(offer.get("item")) if offer.get("act") == "apply" and not turn.filling else None
        if offered and BEGINS.match(turn.text.strip()):  # 开始, to 现在开始吗
            return start(turn, say, offered)
        draft = turn.draft() or turn.core.drafts.latest(turn.citizen)
        if draft is None:
            say("utter_restart")
        else:
            turn.core.drafts.drop(turn.citizen, draft.id)
            item = turn.filled_in(draft)
            say("utter_draft_erased", item=item.name, buttons=[button("从头填", "apply", item=item.item)])
        return leave(item=None, state="idle")
