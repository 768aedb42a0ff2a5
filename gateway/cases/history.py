"""The history of a case: what happened, in sentences that its citizen reads."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from gateway.store.tables import Case, CaseEvent


def add_event(session: Session, case: Case, actor: str, sentence: str, now: dt.datetime) -> None:
    """Write one line of the case's history, at its present status."""
    case.updated_at = now
    session.add(
        CaseEvent(case_id=case.id, at=now, actor=actor, status=case.status, sentence=sentence)
    )
