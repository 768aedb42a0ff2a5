"""The turn log (会话、轮次): what was said, masked, with what was understood.

A turn is written in the transaction that saves the conversation's memory, so there is never a reply
without its row.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.conversations.outcomes import OUTCOMES
from gateway.privacy.masking import mask_text
from gateway.store.tables import Conversation, HandOff, Turn

PAUSE = dt.timedelta(minutes=30)
LONGEST_TEXT = 2000
RANK = list(OUTCOMES)


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
    milliseconds: float | None = None


def write_turn(session: Session, citizen: str, facts: TurnFacts, now: dt.datetime) -> str:
    """Write one turn and bring its conversation up to date; returns the conversation's id."""
    talk = _conversation(session, citizen, facts, now)
    talk.turn_count += 1
    talk.last_turn_at = now
    talk.item = facts.item or talk.item
    talk.department = facts.department or talk.department
    talk.outcome = _later(talk.outcome, facts)
    if facts.confidence is not None:
        least = talk.least_confidence
        talk.least_confidence = facts.confidence if least is None else min(least, facts.confidence)
    if facts.handed_off:
        talk.handed_off = True
        session.add(
            HandOff(citizen_id=citizen, conversation_id=talk.id, item=facts.item, at=now)
        )
    session.add(
        Turn(
            conversation_id=talk.id, number=talk.turn_count, at=now,
            text_masked=masked(facts.text, facts), replies_masked=_replies(facts),
            act=facts.act, confidence=facts.confidence, aspect=facts.aspect, item=facts.item,
            candidates=facts.candidates, actions=facts.actions, case_id=facts.case_id,
            state=facts.state, milliseconds=facts.milliseconds,
        )
    )
    return str(talk.id)


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
    if not facts.understood:
        return "not_understood" if before == "open" else before
    if before == "not_understood":
        return facts.outcome
    return max(before, facts.outcome, key=RANK.index)


def _conversation(
    session: Session, citizen: str, facts: TurnFacts, now: dt.datetime
) -> Conversation:
    newest = session.scalars(
        select(Conversation).where(Conversation.citizen_id == citizen)
        .order_by(Conversation.last_turn_at.desc()).limit(1)
    ).first()
    if newest is not None and now - newest.last_turn_at < PAUSE:
        return newest
    talk = Conversation(
        citizen_id=citizen, channel=facts.sender.partition(":")[0], started_at=now,
        last_turn_at=now, turn_count=0, outcome="open", handed_off=False,
    )
    session.add(talk)
    session.flush()
    return talk
