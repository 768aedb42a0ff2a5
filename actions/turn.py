"""One turn as actions see it, and the base of all actions."""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from functools import cached_property
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from gateway.cases.drafts import DraftView
from gateway.catalogue.model import Catalogue, Department, Matter, ServiceItem
from gateway.catalogue.regions import Region
from gateway.core import Core, open_core
from gateway.errors import CitizenError
from gateway.identity.sign_in import Signed
from gateway.settings import load

log = logging.getLogger("yiwen.actions")

FORM = "service_form"
BY_THE_WAY = ("region", "amount")
_core: list[Core] = []


def install(core: Core) -> None:
    """Give actions the core of this process (``gateway.server`` does, once)."""
    _core[:] = [core]


def core() -> Core:
    """The core; opened from the environment when nobody installed one (``rasa run actions``)."""
    if not _core:
        install(open_core(load()))
    return _core[0]


class Turn:
    """What the citizen said, what was understood, and what is remembered."""

    def __init__(self, tracker: Tracker, core: Core) -> None:
        self.tracker = tracker
        self.core = core
        self.catalogue: Catalogue = core.live.current
        message = tracker.latest_message or {}
        self.text: str = message.get("text") or ""
        self.whole: str = _whole(tracker) or self.text
        """All that was said, where ``text`` is one request of several."""
        self.act: str = (message.get("intent") or {}).get("name") or ""
        self.confidence: float = (message.get("intent") or {}).get("confidence") or 0.0
        self.aspect: str = (message.get("aspect") or {}).get("name") or ""
        self.matches: list[dict[str, Any]] = message.get("items") or []
        self.events: list[dict[str, Any]] = message.get("events") or []
        """Life events that the words come near to; ``meant`` marks the one they mean."""
        self.clarify: bool = bool(message.get("clarify"))
        found: dict[str, str] = message.get("elements") or {}
        self.region: Region | None = core.regions.find(found.get("region"))
        # A place or a sum may stand in any question (房租 2500 能提多少): neither says what to do.
        self.elements = {name: value for name, value in found.items() if name not in BY_THE_WAY}
        self.entities: dict[str, Any] = {
            e["entity"]: e["value"] for e in message.get("entities") or []
        }

    @cached_property
    def citizen(self) -> str:
        """The citizen's id."""
        return self.core.citizens.of(self.tracker.sender_id)

    @cached_property
    def signed(self) -> Signed | None:
        """Who is signed in here."""
        return self.core.sign_ins.current(self.tracker.sender_id)

    def slot(self, name: str) -> Any:
        """What is remembered under that name."""
        return self.tracker.get_slot(name)

    @property
    def filling(self) -> bool:
        """Whether an application is being filled in."""
        return (self.tracker.active_loop or {}).get("name") == FORM

    def item(self, id: str | None) -> ServiceItem | None:
        """The item of that id, if the catalogue still has it."""
        return self.catalogue.items.get(id or "")

    def matter(self, id: str | None) -> Matter | None:
        """The service item or life event of that id."""
        return self.catalogue.matter(id)

    def filled_in(self, draft: DraftView) -> Matter:
        """What a draft is for. It is there: drafts of what the catalogue lost are not loaded."""
        matter = self.catalogue.matter(draft.item)
        if matter is None:
            raise CitizenError("utter_draft_gone")
        return matter

    def department(self, item: ServiceItem) -> Department:
        """The department that owns the item."""
        return self.catalogue.department_of(item)

    def draft(self) -> DraftView | None:
        """The draft that is being filled in, if it is still open."""
        kept = self.slot("draft")
        if not kept:
            return None
        try:
            return self.core.drafts.load(self.citizen, kept["id"])
        except CitizenError:
            return None

    def actions_so_far(self) -> list[str]:
        """Names of the actions that ran since the citizen's message."""
        names: list[str] = []
        for event in reversed(self.tracker.events):
            if event["event"] == "user":
                break
            if event["event"] == "action":
                names.append(event["name"])
        return names[::-1]


def _whole(tracker: Tracker) -> str:
    said: dict[str, Any] = next((e for e in reversed(tracker.events) if e["event"] == "user"), {})
    return str((said.get("metadata") or {}).get("whole") or "")


class Say:
    """Speaks with responses of ``domain.yml`` only."""

    def __init__(self, dispatcher: CollectingDispatcher) -> None:
        self._dispatcher = dispatcher

    def __call__(
        self, response: str, buttons: list[dict[str, str]] | None = None, **values: Any
    ) -> None:
        """Send a response; ``values`` fill its placeholders."""
        self._dispatcher.utter_message(response=response, buttons=buttons or [], **values)


def announce_waiting(turn: Turn, say: Say) -> None:
    """Before a question is asked: that the other requests of the message are not forgotten."""
    waiting = turn.slot("waiting")
    if waiting:
        say("utter_later", requests="”“".join(waiting))


def button(title: str, act: str, **entities: str) -> dict[str, str]:
    """A button: its title, and the payload ``/act{...}`` that it sends."""
    import json

    payload = json.dumps(entities, ensure_ascii=False) if entities else ""
    return {"title": title, "payload": f"/{act}{payload}"}


def remember(**slots: Any) -> list[EventType]:
    """SlotSet events. The short-lived context (candidates, pending, offer) ends unless given."""
    fresh: dict[str, Any] = {"candidates": None, "pending": None, "offer": None, "office": None}
    return [SlotSet(name, value) for name, value in {**fresh, **slots}.items()]


def leave(**slots: Any) -> list[EventType]:
    """Events that leave the form; with the slots to remember."""
    return [
        *remember(draft=None, **slots),
        SlotSet("answer", None), SlotSet("requested_slot", None), ActiveLoop(None),
    ]


def enter(draft: str, item: Matter) -> list[EventType]:
    """Events that (re)enter the form with that draft."""
    return [
        *remember(item=item.item, draft={"id": draft, "item": item.item}, state="asking"),
        SlotSet("answer", None), SlotSet("requested_slot", None), FollowupAction(FORM),
    ]


def _left_behind(turn: Turn, events: list[EventType]) -> list[EventType]:
    """Remembers the item that a turn leaves for another one (回到刚才那个)."""
    before = turn.slot("item")
    now = next((e["value"] for e in reversed(events) if e.get("name") == "item" and e["event"] == "slot"), before)
    return [SlotSet("item_before", before)] if before and now and now != before else []


class TurnAction(Action, ABC):
    """Runs :meth:`act` in a thread, and never lets a turn end in an exception."""

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        """See rasa_sdk.Action."""
        return await asyncio.to_thread(self._guarded, Say(dispatcher), tracker)

    def _guarded(self, say: Say, tracker: Tracker) -> list[EventType]:
        turn = Turn(tracker, core())
        try:
            events = self.act(turn, say)
            return [*events, *_left_behind(turn, events)]
        except CitizenError as error:
            say(error.response, **error.values)
            return [*remember(state="refused"), *self.after_failure()]
        except Exception:
            log.exception("%s failed", self.name())
            say("utter_our_fault")
            return [*remember(state="failed"), *self.after_failure()]

    def after_failure(self) -> list[EventType]:
        """Events that a failed deed must leave behind."""
        return []

    @abstractmethod
    def act(self, turn: Turn, say: Say) -> list[EventType]:
        """The deed of this action."""
