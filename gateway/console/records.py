"""Lists of cases (办件) and audit rows for staff. They hold no personal data. All calls block."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gateway.cases.calendar import local_day
from gateway.cases.statuses import statuses
from gateway.cases.unreadable import UNREADABLE
from gateway.conversations.views import PAGE_SIZE, Page
from gateway.store.store import Store
from gateway.store.tables import Attempt, Audit, Case, Submission


@dataclass(frozen=True)
class SubmissionLine:
    """How far telling the department about a case has come. ``unreadable``: the department's last answer could
    not be read, and it is asked again."""

    id: str
    operation: str
    state: str
    attempts: int
    unreadable: bool = False


@dataclass(frozen=True)
class CaseRow:
    """One case; ``due_on`` is a day written YYYY-MM-DD, empty when no limit runs. ``overdue``: that day
    is over and the limit still runs."""

    receipt: str
    at: dt.datetime
    item: str
    item_name: str
    department: str
    status: str
    due_on: str
    overdue: bool
    submissions: list[SubmissionLine]


@dataclass(frozen=True)
class AuditRow:
    """Who did or saw what."""

    at: dt.datetime
    actor: str
    action: str
    target: str | None
    detail: dict[str, Any]


class Records:
    """The two lists, newest first, 50 a page."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def cases(self, page: int = 1, submission_state: str = "") -> Page[CaseRow]:
        """Cases; with ``submission_state`` only those that have a submission in that state."""
        conditions = []
        if submission_state:
            in_state = sa.select(Submission.case_id).where(Submission.state == submission_state)
            conditions.append(Case.id.in_(in_state))
        listed = (
            # Never the sealed answers: they are large, and staff may not see them here.
            sa.select(
                Case.id, Case.receipt, Case.created_at, Case.item, Case.item_name,
                Case.department, Case.status, Case.due_on,
            )
            .where(*conditions).order_by(Case.created_at.desc(), Case.id.desc())
            .limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)
        )
        counted = sa.select(sa.func.count()).select_from(Case).where(*conditions)
        with self._store.read() as session:
            total = session.scalar(counted)
            rows = session.execute(listed).all()
            told = _submissions(session, [row.id for row in rows])
        today = local_day(self._store.clock()).isoformat()
        lines = [
            CaseRow(
                receipt=row.receipt, at=row.created_at, item=row.item, item_name=row.item_name,
                department=row.department, status=row.status, due_on=row.due_on or "",
                overdue=_runs(row.status) and bool(row.due_on) and row.due_on < today,
                submissions=told.get(row.id, []),
            )
            for row in rows
        ]
        return Page(lines, page, total)

    def audit(self, page: int = 1) -> Page[AuditRow]:
        """The audit, in the order in which it was written, newest first."""
        listed = (
            sa.select(Audit).order_by(Audit.id.desc())
            .limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)
        )
        with self._store.read() as session:
            total = session.scalar(sa.select(sa.func.count()).select_from(Audit))
            rows = [
                AuditRow(a.at, a.actor, a.action, a.target, a.detail)
                for a in session.scalars(listed)
            ]
        return Page(rows, page, total)


def _runs(status: str) -> bool:
    known = statuses().get(status)
    return known is not None and known.clock


def _submissions(session: Any, case_ids: list[str]) -> dict[str, list[SubmissionLine]]:
    last = (
        sa.select(Attempt.outcome).where(Attempt.submission_id == Submission.id)
        .order_by(Attempt.id.desc()).limit(1).scalar_subquery()
    )
    query = (
        sa.select(
            Submission.case_id, Submission.id, Submission.operation, Submission.state,
            Submission.attempts, last.label("last"),
        )
        .where(Submission.case_id.in_(case_ids)).order_by(Submission.created_at)
    )
    found: dict[str, list[SubmissionLine]] = {}
    for row in session.execute(query) if case_ids else ():
        found.setdefault(row.case_id, []).append(
            SubmissionLine(
                row.id, row.operation, row.state, row.attempts,
                row.state == "unknown" and row.last == UNREADABLE,
            )
        )
    return found
