"""The turn log (会话、轮次): what was said, masked, with what was understood.

A turn is written in the transaction that saves the conversation's memory, so there is never a reply
without its row.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from gateway.conversations.outcomes import OUTCOMES
from gateway.privacy.masking import mask_text
from gateway.store.staff_tables import Conversation, HandOff, Turn
from gateway.store.tables import new_id

PAUSE = dt.timedelta(minutes=30)
LONGEST_TEXT = 2000
RANK = list(OUTCOMES)
CONVERSATIONS, TURNS = Conversation.__table__, Turn.__table__
NEW: Mapping[str, Any] = {
    "id": None, "turn_count": 0, "item": None, "department": None, "outcome": "open",
    "least_confidence": None, "handed_off": False,
}


@dataclass
class TurnFacts:
    """One turn, as the channel and the tracker know it. ``known`` values are masked wherever they
    stand; with ``hide_text`` the message was an answer that is personal as a whole."""

    sender: str
    text: str
    replies: list[dict[str, Any]]
    act: str | None = None
    confidence: float | None = None
    aspect: str | None = None
    item: str | None = None
    event: str | None = None
    """The life event (一件事) in talk."""
    filing: dict[str, Any] | None = None
    """A life event that was submitted, if this turn shows it."""
    department: str | None = None
    candidates: list[dict[str, Any]] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)
    case_id: str | None = None
    state: str | None = None
    outcome: str = "open"
    understood: bool = True
    handed_off: bool = False
    hide_text: str = ""
    known: tuple[str, ...] = ()
    unasked: bool = False
    """Told without a message: it stands with the last conversation, however long ago that was."""
    milliseconds: float | None = None


def write_turn(session: Session, citizen: str, facts: TurnFacts, now: dt.datetime) -> str:
    """Write one turn and bring its conversation up to date; returns the conversation's id.

    Plain statements, since this is on the way of every turn: mapped objects cost three times as much.
    """
    talk = _conversation(session, citizen, now, always=facts.unasked)
    values = {
        "turn_count": talk["turn_count"] + 1,
        "last_turn_at": talk["last_turn_at"] if facts.unasked and talk["id"] else now,
        "item": facts.item or talk["item"], "department": facts.department or talk["department"],
        "outcome": _later(talk["outcome"], facts),
        "least_confidence": _least(talk["least_confidence"], facts.confidence),
        "handed_off": talk["handed_off"] or facts.handed_off,
    }
    if talk["id"]:
        id = str(talk["id"])
        session.execute(update(CONVERSATIONS).where(CONVERSATIONS.c.id == id).values(values))
    else:
        id = new_id()
        channel = facts.sender.partition(":")[0]
        fresh = {"id": id, "citizen_id": citizen, "channel": channel, "started_at": now}
        session.execute(insert(CONVERSATIONS).values({**fresh, **values}))
    if facts.handed_off:
        session.add(HandOff(citizen_id=citizen, conversation_id=id, item=facts.item, at=now))
    session.execute(
        insert(TURNS).values(
            conversation_id=id, number=values["turn_count"], at=now,
            text_masked=masked(facts.text, facts), replies_masked=_replies(facts),
            act=facts.act, confidence=facts.confidence, aspect=facts.aspect, item=facts.item,
            candidates=facts.candidates, actions=facts.actions, case_id=facts.case_id,
            state=facts.state, milliseconds=facts.milliseconds,
        )
    )
    return id


def masked(text: str, facts: TurnFacts) -> str:
    """The citizen's words as staff read them."""
    if facts.hide_text:
        return facts.hide_text
    return mask_text(text[:LONGEST_TEXT], facts.known)


def _replies(facts: TurnFacts) -> list[dict[str, Any]]:
    return [
        {
            "text": mask_text(reply.get("text", ""), facts.known),
            "buttons": [mask_text(b.get("title", ""), facts.known) for b in reply.get("buttons") or []],
        }
        for reply in facts.replies
    ]


def _later(before: str, facts: TurnFacts) -> str:
    if facts.unasked:
        return before
    if not facts.understood:
        return "not_understood" if before == "open" else before
    if before == "not_understood":
        return facts.outcome
    return max(before, facts.outcome, key=RANK.index)


def _least(before: float | None, confidence: float | None) -> float | None:
    known = [c for c in (before, confidence) if c is not None]
    return min(known, default=None)


def _conversation(
    session: Session, citizen: str, now: dt.datetime, *, always: bool = False
) -> Mapping[str, Any]:
    """The conversation that goes on (``always``: after any pause), or what a new one starts from (no id)."""
    newest = session.execute(
        select(*(CONVERSATIONS.c[name] for name in (*NEW, "last_turn_at")))
        .where(CONVERSATIONS.c.citizen_id == citizen)
        .order_by(CONVERSATIONS.c.last_turn_at.desc()).limit(1)
    ).mappings().first()
    if newest is not None and (always or now - newest["last_turn_at"] < PAUSE):
        found: Mapping[str, Any] = newest
        return found
    return NEW
