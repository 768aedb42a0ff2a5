"""What people may ask about their own data: who saw it, and taking their consent back."""

from __future__ import annotations

import re

from rasa_sdk.events import EventType

from actions.consent import CONSENT, REFUSES, decide
from actions.turn import Say, Turn, TurnAction, button, remember
from gateway.identity.consents import USED
from gateway.identity.sources import SIGN_IN, Use

TAKES_BACK = re.compile(r"(?:撤回|撤销|取消|收回|停止|不想|不要|解除).{0,12}(?:授权|同意)|(?:授权|同意).{0,6}(?:撤回|撤销|取消|收回)|不(?:再)?同意")
ASKS_WHO = re.compile(r"谁(?!能|可以|有权)|哪些(?:部门|单位|人)|有没有人|授权(?:过|记录)|共享记录|使用记录|被.{0,6}(?:用|看|查)")


class ActionPersonalData(TurnAction):
    """谁看过我的信息, 撤回授权, and everything else about one's data."""

    def name(self) -> str:
        """See rasa_sdk.Action."""
        return "action_personal_data"

    def act(self, turn: Turn, say: Say) -> list[EventType]:
        """See TurnAction."""
        asked = turn.filling and (turn.slot("draft") or {}).get("type") == CONSENT
        draft = turn.draft() if asked and REFUSES.search(turn.text) else None
        if draft is not None:  # 不同意你们用我的信息, to the question for consent
            return decide(turn, say, turn.filled_in(draft), draft)
        if turn.entities.get("value") == "revoke" or TAKES_BACK.search(turn.text):
            return self._take_back(turn, say)
        if ASKS_WHO.search(turn.text):
            return self._who(turn, say)
        say("utter_personal_data")
        return remember()

    def _take_back(self, turn: Turn, say: Say) -> list[EventType]:
        count = turn.core.consents.revoke(turn.citizen)
        if count:
            say("utter_consent_revoked", count=count)
        else:
            say("utter_no_consent")
        return remember()

    def _who(self, turn: Turn, say: Say) -> list[EventType]:
        uses = turn.core.sources.uses(turn.citizen)
        views, last = turn.core.sources.staff_views(turn.citizen)
        if uses:
            say(
                "utter_uses", lines="\n".join(f"{n}. {_line(turn, use)}" for n, use in enumerate(uses, 1)),
                buttons=[button("撤回授权", "personal_data", value="revoke")],
            )
        else:
            say("utter_no_uses")
            say("utter_personal_data")
        if last is not None:
            say("utter_staff_views", count=views, day=f"{last.month} 月 {last.day} 日")
        return remember()


def _line(turn: Turn, use: Use) -> str:
    element, item = turn.catalogue.elements.get(use.element), turn.item(use.item)
    name, matter = element.name if element else use.element, item.name if item else use.item
    recipient = turn.catalogue.departments.get(use.recipient)
    to = recipient.short_name if recipient else use.recipient
    day = f"{use.day.month} 月 {use.day.day} 日"
    if use.source == SIGN_IN:
        return f"{day}，给{to}办“{matter}”，用了登录时核验的{name}。"
    source = turn.catalogue.departments.get(use.source)
    holder = source.short_name if source else use.source
    if use.outcome != USED:
        return f"{day}，给{to}办“{matter}”，向{holder}取{name}，没有取到。"
    return f"{day}，给{to}办“{matter}”，从{holder}取了{name}。"
