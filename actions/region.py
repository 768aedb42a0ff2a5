"""Elsewhere (异地): what a place means for a service, by its 通办范围, and whom to call there."""

from __future__ import annotations

import re
from typing import Optional

from rasa_sdk.events import EventType, SlotSet

from actions.guide import FLOW_BUTTONS
from actions.listed import Answer
from actions.turn import Say, Turn, TurnAction, button, remember
from gateway.catalogue.model import Flow, Scope, ServiceItem
from gateway.catalogue.regions import Home, Region
from gateway.understanding.text import normalise

NAMED = 0.8
"""户口在四川 is near 户口迁移 and not about it; 到成都看公积金转移 is as sure as can be."""
AWAY = re.compile(r"(?:我|本人|(?<!个)人|现在|目前|一直|都)在(?:外地|外省|外面打工|异地|国外|老家)|(?:不在|没在)(?:本地|本市|当地|老家|家里)|回不[去来]|异地(?:能|可以|怎么|办)|在(?:外地|异地|外省)(?:能|可以|怎么|办|补|行)|老家的")
"""Says that somebody is elsewhere, without saying where. Who has 外地户口 may well be here."""
LONGEST_AWAY = 20
"""In a longer story it is only told by the way."""
ABOUT_SCOPE = frozenset({"", "overview", "conditions", "location", "online", "process"})
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
        if region is None and item and (told := away(turn, say, item)) is not None:
            return told
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


def away(turn: Turn, say: Say, item: ServiceItem) -> Optional[list[EventType]]:
    """我人在外地能办吗: what the scope of ``item`` means to who is somewhere else; None if it is not asked."""
    said = normalise(turn.text)
    told = turn.region is not None or turn.aspect not in ABOUT_SCOPE or len(said) > LONGEST_AWAY
    if told or not AWAY.search(said):
        return None
    response, values = scope_words(item, None, turn.core.home)
    say(response, buttons=[] if turn.filling else _here(item), **values)
    return _go_on(turn, None, state="asking") if turn.filling else remember(item=item.item, state="answered")


def scope_words(item: ServiceItem, region: Optional[Region], home: Optional[Home] = None) -> Answer:
    """What the scope of ``item`` means in ``region``, a place away from home: can be done there, here
    without coming, or only at home. ``home`` tells whether both lie in one province; without ``region``
    it is not known where that is."""
    near = home.same_province(region) if home and region else None
    here = bool(item.visits and item.visits.count == 0) and item.flow in SELF_SERVICE
    values = {"item": item.name, "place": region.full_name if region else "您那边"}
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
