"""Elsewhere (异地): what a place means for a service, by its 通办范围, and whom to call there."""

from __future__ import annotations

from typing import Optional

from rasa_sdk.events import EventType, SlotSet

from actions.guide import FLOW_BUTTONS
from actions.listed import Answer
from actions.turn import Say, Turn, TurnAction, button, remember
from gateway.catalogue.model import Flow, Scope, ServiceItem
from gateway.catalogue.regions import Home, Region

NAMED = 0.8
"""户口在四川 is near 户口迁移 and not about it; 到成都看公积金转移 is as sure as can be."""
SELF_SERVICE = frozenset({Flow.apply, Flow.query})


class ActionSwitchRegion(TurnAction):
    """我在成都, 我要办老家的: remembers the place, and says what can be done here and there."""

    def name(self) -> str:
        """See rasa_sdk.Action."""
        return "action_switch_region"

    def act(self, turn: Turn, say: Say) -> list[EventType]:
        """See TurnAction."""
        home, region = turn.core.home, turn.region
        item = item_in_talk(turn)
        if region is None and not home.named_in(turn.text):
            say("utter_region_which", home=home.name)
            return _go_on(turn, item, state="clarifying")
        if region is None or home.holds(region):
            say("utter_region_home", home=home.name)
            return [*_go_on(turn, None, state="idle"), SlotSet("region", None)]
        say("utter_region_elsewhere" if item else "utter_region_elsewhere_what", home=home.name, place=region.full_name)
        if item:
            response, values = scope_words(item, region, home)
            say(response, buttons=[] if turn.filling else _here(item), **values)
        after = _go_on(turn, item, state="answered") if item else _go_on(turn, None, state="idle")
        return [*after, SlotSet("region", region.code)]


def elsewhere(turn: Turn, say: Say, item: ServiceItem) -> list[EventType]:
    """After an answer about ``item``: one sentence on its scope, if the citizen is or asks elsewhere.

    A place in the message counts each time; one that was named before, once for each item.
    """
    region = turn.region
    if region is None and item.item != turn.slot("item"):
        region = turn.core.regions.find(turn.slot("region"))
    if region is None or turn.core.home.holds(region):
        return []
    response, values = scope_words(item, region, turn.core.home)
    say(response, **values)
    return [SlotSet("region", region.code)]


def scope_words(item: ServiceItem, region: Region, home: Optional[Home] = None) -> Answer:
    """What the scope of ``item`` means in ``region``, a place away from home: can be done there, here
    without coming, or only at home. ``home`` tells whether both lie in one province."""
    near = home.same_province(region) if home else None
    here = bool(item.visits and item.visits.count == 0) and item.flow in SELF_SERVICE
    values = {"item": item.name, "place": region.full_name}
    if item.scope is None:  # a list did not say
        return "utter_scope_unknown", values
    if item.scope is Scope.national:
        return "utter_scope_national_online" if here else "utter_scope_national", values
    if item.scope is Scope.provincial and near is not False:
        return "utter_scope_provincial" if near else "utter_scope_provincial_perhaps", values
    return "utter_scope_local_online" if here else "utter_scope_local", values


def item_in_talk(turn: Turn) -> Optional[ServiceItem]:
    """The item that the message names, or the one talked about before."""
    best = turn.matches[0] if turn.matches else None
    named = turn.item(best["item"]) if best and best["score"] >= NAMED else None
    return named or turn.item(turn.slot("item"))


def _here(item: ServiceItem) -> list[dict[str, str]]:
    """The button that begins here what needs no coming."""
    if item.flow not in FLOW_BUTTONS:
        return []
    return [button(FLOW_BUTTONS[item.flow], "apply", item=item.item)]


def _go_on(turn: Turn, item: Optional[ServiceItem], state: str) -> list[EventType]:
    """A place changes nothing in what was being chosen or filled in."""
    if turn.filling:
        return []
    kept = {name: turn.slot(name) for name in ("candidates", "pending", "offer")}
    if item and item.item != turn.slot("item"):
        kept = {"item": item.item}
    return remember(**kept, state=state)
