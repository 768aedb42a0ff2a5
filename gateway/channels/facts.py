"""From a tracker after its turn to the facts that the turn log and the reply carry."""

from __future__ import annotations

from typing import Any

from rasa.shared.core.events import ActionExecuted, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from gateway.catalogue.model import Catalogue, Sensitivity
from gateway.conversations.log import TurnFacts

OUTCOMES = {
    "consulting": "consulted", "answered": "consulted", "progress": "consulted", "cases": "consulted",
    "listing": "consulted", "asking": "applying", "confirming": "applying",
    "submitted": "submitted", "handed_off": "handed_off",
}
SHOWN_EXPECTS = ("element", "type", "example")


def turn_events(tracker: DialogueStateTracker) -> list[Event]:
    """The events since the citizen's last message, that message first."""
    events: list[Event] = []
    for event in reversed(tracker.events):
        events.append(event)
        if isinstance(event, UserUttered):
            break
    return events[::-1]


def read_facts(
    tracker: DialogueStateTracker, catalogue: Catalogue, sender: str, text: str,
    replies: list[dict[str, Any]],
) -> TurnFacts:
    """What this turn was, for the log."""
    events = turn_events(tracker)
    message = tracker.latest_message
    parse = (message.parse_data or {}) if message else {}
    actions = [
        e.action_name for e in events
        if isinstance(e, ActionExecuted) and e.action_name not in ("action_listen", "action_extract_slots")
    ]
    told = {e.key: e.value for e in events if isinstance(e, SlotSet)}
    state = told.get("state") or "idle"
    item = catalogue.items.get(told.get("item") or tracker.get_slot("item") or "")
    event = catalogue.events.get(told.get("item") or tracker.get_slot("item") or "")
    act = parse.get("act") or (parse.get("intent") or {}).get("name")
    return TurnFacts(
        sender=sender, text=text, replies=replies, act=act,
        confidence=(parse.get("intent") or {}).get("confidence"),
        aspect=_aspect(parse, act), item=item.item if item and state != "out_of_scope" else None,
        department=item.department if item else None,
        event=event.event if event and state != "out_of_scope" else None, filing=told.get("filing"),
        candidates=tracker.get_slot("candidates") or [], actions=[a for a in actions if a],
        case_id=told.get("case"), state=state, outcome=OUTCOMES.get(state, "open"),
        understood=state != "unsure", handed_off="action_hand_off" in actions,
        hide_text=_hidden(parse, catalogue, message),
    )


def _aspect(parse: dict[str, Any], act: str | None) -> str | None:
    chosen = {e["entity"]: e["value"] for e in parse.get("entities") or []}.get("aspect")
    found = chosen or (parse.get("aspect") or {}).get("name")
    return str(found) if found and act == "consult" else None


def _hidden(parse: dict[str, Any], catalogue: Catalogue, message: UserUttered | None) -> str:
    """〔姓名〕 in place of an answer that is personal as a whole."""
    expects = ((message.metadata if message else None) or {}).get("expects") or {}
    element = catalogue.elements.get(expects.get("element") or "")
    act = parse.get("act") or (parse.get("intent") or {}).get("name")
    if element is None or element.sensitivity is Sensitivity.public or act not in ("inform", "affirm", "deny", "choose"):
        return ""
    return f"〔{element.name}〕"


def custom_of(facts: TurnFacts, tracker: DialogueStateTracker) -> dict[str, Any]:
    """What a reply carries for machines: act, item, case, state, candidates, expects; of a life event its id, and each
    step where it is shown."""
    custom: dict[str, Any] = {
        "act": facts.act, "item": facts.item, "case": facts.case_id, "state": facts.state,
        "candidates": facts.candidates,
    }
    if facts.event:
        custom["event"] = facts.event
    if facts.filing:
        custom["filing"] = facts.filing
    draft = tracker.get_slot("draft") or {}
    if tracker.active_loop_name and draft.get("type"):
        custom["expects"] = expects_of(draft)
    return custom


def expects_of(question: dict[str, Any]) -> dict[str, Any]:
    """What the open question (slot ``draft``) expects, for machines; ``files`` where it takes them."""
    expects = {k: question.get(k, "") for k in SHOWN_EXPECTS}
    return {**expects, "files": question["files"]} if question.get("files") else expects
