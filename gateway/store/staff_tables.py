"""Tables of what staff work with: who they are, and the conversations (会话) that they read, masked."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)

from gateway.store.tables import Moment, Row, new_id


class Conversation(Row):
    """会话: the turns of one citizen with no long pause between them.

    ``outcome`` is one of gateway.conversations.log.OUTCOMES.
    """

    __tablename__ = "conversations"
    id = Column(String(32), primary_key=True, default=new_id)
    citizen_id = Column(String(32), ForeignKey("citizens.id"), nullable=False)
    channel = Column(String(20), nullable=False)
    started_at = Column(Moment, nullable=False, index=True)
    last_turn_at = Column(Moment, nullable=False)
    turn_count = Column(Integer, nullable=False, default=0)
    department = Column(String(40), index=True)
    item = Column(String(60), index=True)
    outcome = Column(String(20), nullable=False, default="open", index=True)
    least_confidence = Column(Float)
    handed_off = Column(Boolean, nullable=False, default=False)
    __table_args__ = (Index("ix_conversations_citizen_last", "citizen_id", "last_turn_at"),)


class Turn(Row):
    """轮次: one message and its replies, masked, with what was understood."""

    __tablename__ = "turns"
    id = Column(Integer, primary_key=True)
    conversation_id = Column(String(32), ForeignKey("conversations.id"), nullable=False)
    number = Column(Integer, nullable=False)
    at = Column(Moment, nullable=False)
    text_masked = Column(Text, nullable=False)
    replies_masked = Column(JSON, nullable=False)
    act = Column(String(40))
    confidence = Column(Float)
    aspect = Column(String(20))
    item = Column(String(60))
    candidates = Column(JSON, nullable=False, default=list)
    actions = Column(JSON, nullable=False, default=list)
    case_id = Column(String(32))
    state = Column(String(20))
    milliseconds = Column(Float)
    verdict = Column(String(10))
    verdict_note = Column(Text)
    verdict_by = Column(String(32), ForeignKey("staff_users.id"))
    verdict_at = Column(Moment)
    __table_args__ = (
        UniqueConstraint("conversation_id", "number"),
        # Few turns are ever judged: "not yet reviewed" is answered from this small index alone.
        Index(
            "ix_turns_judged", "conversation_id",
            sqlite_where=verdict.is_not(None), postgresql_where=verdict.is_not(None),
        ),
    )


class HandOff(Row):
    """A request for a human, waiting for staff."""

    __tablename__ = "hand_offs"
    id = Column(Integer, primary_key=True)
    citizen_id = Column(String(32), ForeignKey("citizens.id"), nullable=False)
    conversation_id = Column(String(32))
    item = Column(String(60))
    at = Column(Moment, nullable=False)
    settled_at = Column(Moment)
    settled_by = Column(String(32), ForeignKey("staff_users.id"))


class StaffUser(Row):
    """A member of staff who may sign in to the console."""

    __tablename__ = "staff_users"
    id = Column(String(32), primary_key=True, default=new_id)
    name = Column(String(60), nullable=False, unique=True)
    password_hash = Column(String(200), nullable=False)
    must_change_password = Column(Boolean, nullable=False, default=True)
    created_at = Column(Moment, nullable=False)


class StaffSession(Row):
    """A signed-in browser of staff; only a digest of its token is kept."""

    __tablename__ = "staff_sessions"
    token_digest = Column(String(64), primary_key=True)
    staff_id = Column(String(32), ForeignKey("staff_users.id"), nullable=False)
    csrf_token = Column(String(64), nullable=False)
    created_at = Column(Moment, nullable=False)
    expires_at = Column(Moment, nullable=False)
