"""Tables of life events (一件事) that were submitted: one filing, and a place for each step's case."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Integer, String

from gateway.store.tables import Moment, Row, new_id


class Filing(Row):
    """一件事办件: a life event that somebody submitted. Whoever moves one of its steps locks this row first."""

    __tablename__ = "filings"
    id = Column(String(32), primary_key=True, default=new_id)
    citizen_id = Column(String(32), ForeignKey("citizens.id"), nullable=False, index=True)
    draft_id = Column(String(32), ForeignKey("drafts.id"), nullable=False, unique=True)
    event = Column(String(60), nullable=False)
    name = Column(String(120), nullable=False)
    created_at = Column(Moment, nullable=False)


class FilingStep(Row):
    """One step of a filing, as the catalogue had it on that day; ``case_id`` is the case that stands there now.

    It waits for the steps of the items in ``after``. ``takes`` is what their departments give to it: element →
    {item, element, name}. Its promised limit counts from the day on which it is sent.
    """

    __tablename__ = "filing_steps"
    id = Column(String(32), primary_key=True, default=new_id)
    filing_id = Column(String(32), ForeignKey("filings.id"), nullable=False, index=True)
    case_id = Column(String(32), ForeignKey("cases.id"), nullable=False, unique=True)
    position = Column(Integer, nullable=False)
    item = Column(String(60), nullable=False)
    item_name = Column(String(120), nullable=False)
    after = Column(JSON, nullable=False)
    takes = Column(JSON, nullable=False)
    limit_n = Column(Integer, nullable=False)
    limit_unit = Column(String(20), nullable=False)
