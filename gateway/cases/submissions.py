"""Submissions (提交) as staff see them: which need a person, and sending one again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, or_, select

from gateway.cases.history import add_event
from gateway.cases.unreadable import UNREADABLE
from gateway.errors import StaffError
from gateway.store.store import Store
from gateway.store.tables import Attempt, Audit, Case, Submission

STATES = ("queued", "sending", "unknown", "delivered", "rejected", "dead", "cancelled")
MOST_LISTED = 200
AGAIN = "工作人员已重新提交。您的申请没有丢，不用再填。"


@dataclass(frozen=True)
class SubmissionRow:
    """One submission; holds nothing personal. ``code`` is what the last try came to."""

    id: str
    receipt: str
    department: str
    operation: str
    state: str
    attempts: int
    code: str
    at: dt.datetime


class Submissions:
    """Lists submissions and sends dead ones again. ``ring`` wakes the workers."""

    def __init__(self, store: Store, ring: Callable[[], None]) -> None:
        self._store = store
        self._ring = ring

    def listed(self, states: Sequence[str] = ()) -> list[SubmissionRow]:
        """Submissions in one of ``states``, the oldest first, 200 at the most. Without states those that need a
        person: the dead, and those whose department's answers cannot be read."""
        last = (
            select(Attempt.code).where(Attempt.submission_id == Submission.id)
            .order_by(Attempt.id.desc()).limit(1).scalar_subquery()
        )
        wanted = Submission.state.in_(states) if states else or_(
            Submission.state == "dead", and_(Submission.state == "unknown", last == UNREADABLE)
        )
        with self._store.read() as session:
            rows = session.execute(
                select(Submission, Case.receipt, last)
                .join(Case, Case.id == Submission.case_id)
                .where(wanted)
                .order_by(Submission.created_at).limit(MOST_LISTED)
            ).all()
        return [
            SubmissionRow(
                id=row.id, receipt=receipt, department=row.department, operation=row.operation,
                state=row.state, attempts=row.attempts, code=code or "", at=row.created_at,
            )
            for row, receipt, code in rows
        ]

    def resend(self, submission: str, actor: str) -> str:
        """Send a dead submission again; returns its receipt number. Leaves an audit row.

        The department is asked first whether it has it already, so pressing twice, or after an outcome
        that nobody knows, never files an application twice.

        Raises:
            StaffError: there is none of that id, or it is not dead.
        """
        now = self._store.clock()
        with self._store.write() as session:
            row = session.get(Submission, submission, with_for_update=True)
            if row is None:
                raise StaffError("没有这条提交。")
            if row.state != "dead":
                raise StaffError("这条提交没有停下，不用重新提交。")
            case = session.get(Case, row.case_id)
            row.state = "unknown" if row.sent_at else "queued"
            row.due_at = row.updated_at = now
            add_event(session, case, "staff", AGAIN, now)
            session.add(
                Audit(
                    at=now, actor=actor, action="resend_submission", target=case.receipt,
                    detail={"operation": row.operation},
                )
            )
            receipt = str(case.receipt)
        self._ring()
        return receipt
