"""Opening a case, and queueing what its department is to be told. Inside the caller's transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.cases.attachments import bind
from gateway.cases.calendar import due_day, local_day
from gateway.cases.history import add_event
from gateway.cases.receipts import new_receipt
from gateway.cases.statuses import statuses
from gateway.catalogue.model import CompleteItem
from gateway.privacy.cipher import Cipher
from gateway.store.tables import Case, Submission, new_id

WAITING = "waiting"
"""The status of a case that no department was told of, since a step before it has to be granted first."""


def open_case(
    session: Session, cipher: Cipher, citizen: str, draft: str, item: CompleteItem, given: Mapping[str, str],
    now: dt.datetime, *, status: str = "submitted", sentence: str = "",
) -> Case:
    """A new case with its first line of history. The promised limit of a waiting one does not run yet.

    ``given``: the answers as the department gets them.
    """
    today = local_day(now)
    due = None if status == WAITING else due_day(today, item.promised_limit).isoformat()
    case = Case(
        id=new_id(), receipt=_free_receipt(session, today), citizen_id=citizen, draft_id=draft,
        item=item.item, item_name=item.name, department=item.department, status=status,
        answers_sealed=cipher.seal(dict(given)), due_on=due,
        limit_unit=item.promised_limit.unit.value, created_at=now, updated_at=now,
    )
    session.add(case)
    session.flush()
    add_event(session, case, "citizen", sentence or statuses()[status].says, now)
    return case


def queue(
    session: Session, cipher: Cipher, case: Case, operation: str, now: dt.datetime, *, number: int = 0,
    values: Mapping[str, str] | None = None,
) -> None:
    """Order that the department be told. ``number`` tells two of one operation apart; ``values`` are sent
    in place of the case's answers."""
    key = f"{case.receipt}-{operation}" + (f"-{number}" if number else "")
    submission = new_id()
    session.add(
        Submission(
            id=submission, case_id=case.id, department=case.department, operation=operation,
            idempotency_key=key, state="queued", attempts=0, due_at=now, created_at=now, updated_at=now,
            values_sealed=None if values is None else cipher.seal(dict(values)),
        )
    )
    if operation != "withdraw":
        session.flush()
        bind(session, case, submission)


def _free_receipt(session: Session, today: dt.date) -> str:
    while True:
        receipt = new_receipt(today)
        if session.scalars(select(Case.id).where(Case.receipt == receipt)).first() is None:
            return receipt
