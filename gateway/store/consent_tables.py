"""Tables of what people allowed, what was fetched for them, and for whom they act."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, LargeBinary, String, Text

from gateway.store.tables import Moment, Row, new_id


class Consent(Row):
    """授权: what one person decided for one application. ``elements`` may be fetched until ``expires_at``.

    ``decision``: granted or refused. ``tried`` are the elements that were asked for already, so that a
    fetched answer that the citizen changes is not fetched again.
    """

    __tablename__ = "consents"
    id = Column(String(32), primary_key=True, default=new_id)
    citizen_id = Column(String(32), ForeignKey("citizens.id"), nullable=False, index=True)
    draft_id = Column(String(32), ForeignKey("drafts.id"), nullable=False, unique=True)
    item = Column(String(60), nullable=False)
    elements = Column(JSON, nullable=False)
    tried = Column(JSON, nullable=False, default=list)
    decision = Column(String(10), nullable=False)
    decided_at = Column(Moment, nullable=False)
    expires_at = Column(Moment, nullable=False)
    revoked_at = Column(Moment)


class SharingEntry(Row):
    """共享台账: one use of one data element of one person. Only ever added; triggers refuse the rest.

    ``source`` is the department whose record it is, ``recipient`` the one that gets it. ``outcome``: used,
    not_there, away, unusable.
    """

    __tablename__ = "sharing_ledger"
    id = Column(Integer, primary_key=True)
    at = Column(Moment, nullable=False)
    citizen_id = Column(String(32), ForeignKey("citizens.id"), nullable=False)
    draft_id = Column(String(32), nullable=False)
    element = Column(String(60), nullable=False)
    source = Column(String(40), nullable=False)
    licence = Column(String(60), nullable=False)
    item = Column(String(60), nullable=False)
    recipient = Column(String(40), nullable=False)
    purpose = Column(Text, nullable=False)
    consent_id = Column(String(32), ForeignKey("consents.id"))
    outcome = Column(String(20), nullable=False)
    value_masked = Column(Text, nullable=False)
    __table_args__ = (Index("ix_sharing_ledger_citizen_at", "citizen_id", "at"),)


class Representation(Row):
    """代办: that an application is made for somebody else, by whom and on what basis. A case has it through
    its ``draft_id``. ``agent_sealed`` holds name and identity number of whoever was signed in."""

    __tablename__ = "representations"
    draft_id = Column(String(32), ForeignKey("drafts.id"), primary_key=True)
    citizen_id = Column(String(32), ForeignKey("citizens.id"), nullable=False)
    relation = Column(String(20), nullable=False)
    basis = Column(String(40), nullable=False)
    agent_sealed = Column(LargeBinary, nullable=False)
    at = Column(Moment, nullable=False)
