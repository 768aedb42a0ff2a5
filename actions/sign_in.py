"""Signing in and out in the conversation, and offering it where a service needs to know who it is."""

from __future__ import annotations

import re

from rasa_sdk.events import EventType

from actions.turn import Say, Turn, TurnAction, button, leave, remember
from gateway.catalogue.model import Assurance, Matter
from gateway.errors import CitizenError
from gateway.identity.sign_in import MOST_WRONG
from gateway.privacy.masking import mask_value

OUT = re.compile(r"退出|登出|注销登录|下线|不登录了")
TROUBLE = re.compile(r"登.{0,3}不[上了进]|登不|登录失败|验证码|密码|login failed", re.IGNORECASE)
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - read, not bound
RANK = [level.value for level in Assurance]


class ActionSignIn(TurnAction):
    """登录, 退出登录, and what the web page says when somebody comes back from signing in."""

    def name(self) -> str:
        """See rasa_sdk.Action."""
        return "action_sign_in"

    def act(self, turn: Turn, say: Say) -> list[EventType]:
        """See TurnAction."""
        if not turn.core.sign_ins.offered:
            say("utter_sign_in")
            return remember()
        if OUT.search(turn.text) and not turn.text.startswith("/"):
            return self._out(turn, say)
        if turn.signed is None:
            if TROUBLE.search(turn.text):
                say("utter_sign_in_trouble", buttons=[link(turn)])
                return remember()
            if not _ask_for_number(turn, say):
                say("utter_sign_in_offer", buttons=[link(turn)])
            return remember()
        return self._back(turn, say)

    def _out(self, turn: Turn, say: Say) -> list[EventType]:
        if turn.signed is None:
            say("utter_not_signed_in", buttons=[link(turn)])
            return remember()
        turn.core.sign_ins.sign_out(turn.tracker.sender_id)
        say("utter_signed_out")
        return leave(item=None, case=None, state="idle")

    def _back(self, turn: Turn, say: Say) -> list[EventType]:
        from actions.apply import start

        assert turn.signed is not None
        say(
            "utter_signed_in" if turn.signed.level == Assurance.real_name else "utter_signed_in_basic",
            name=mask_value(turn.signed.name, "person_name") if turn.signed.name else "您",
            hours=turn.core.sign_ins.hours,
        )
        waiting = turn.core.sign_ins.take_draft(turn.tracker.sender_id)
        if waiting is None or turn.filling:
            return remember()
        try:
            draft = turn.core.drafts.load(turn.citizen, waiting)
        except CitizenError:  # given up, or sent from elsewhere, since then
            return remember()
        return start(turn, say, turn.filled_in(draft))


def lacks(turn: Turn, item: Matter) -> bool:
    """Whether ``item`` needs to know better who it is. Nobody lacks anything where nobody can sign in:
    applicants then declare who they are, and the department checks it."""
    if not turn.core.sign_ins.offered or item.assurance is Assurance.none:
        return False
    return turn.signed is None or RANK.index(turn.signed.level) < RANK.index(item.assurance.value)


def is_stranger(turn: Turn) -> bool:
    """Whether somebody may have more here than is seen: signing in would show it."""
    return turn.core.sign_ins.offered and turn.signed is None


def ask_to_sign_in(turn: Turn, say: Say, item: Matter) -> list[EventType]:
    """Offer it, and keep the application: it goes on where it was."""
    if turn.signed is not None:
        say("utter_level_too_low", item=item.name, buttons=[link(turn)])
    elif not _ask_for_number(turn, say):
        say("utter_sign_in_needed", item=item.name, buttons=[link(turn)])
    return leave(
        item=item.item, offer={"act": "apply", "item": item.item}, state="signing_in"
    )


def _ask_for_number(turn: Turn, say: Say) -> bool:
    """Ask for the number on the page, if a sign-in waits for it."""
    left = turn.core.sign_ins.left(turn.tracker.sender_id)
    if left is None:
        return False
    if left == 0:
        say("utter_sign_in_number_spent", buttons=[link(turn)])
    elif left == MOST_WRONG:
        say("utter_sign_in_number", buttons=[link(turn)])
    else:
        say("utter_sign_in_number_wrong", left=left, buttons=[link(turn)])
    return True


def gone(turn: Turn, say: Say) -> list[EventType]:
    """The draft in hand is no longer there: it was sent or erased, or its owner is signed out."""
    item = turn.matter((turn.slot("draft") or {}).get("item"))
    if item and is_stranger(turn):
        return ask_to_sign_in(turn, say, item)
    say("utter_draft_gone")
    return leave(state="idle")


def link(turn: Turn) -> dict[str, str]:
    """A button that leads to the sign-in; where a channel opens no addresses, it asks for a new link."""
    settings = turn.core.settings
    host = EVERYWHERE.get(settings.host, settings.host)
    base = settings.public_url.rstrip("/") or f"http://{host}:{settings.port}"
    secret = turn.core.sign_ins.invite(turn.tracker.sender_id)
    return {**button("去登录", "sign_in"), "url": f"{base}/sign-in/go/{secret}"}
