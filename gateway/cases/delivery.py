"""Delivering submissions: durable, at least once on the wire, exactly once in effect.

A worker claims a due submission for a short lease, calls the department, and writes the outcome
with the case in one transaction. A lost answer, or a worker that died in the middle, leaves the state
``unknown``: it is settled by asking the department (look_up), never by guessing.
"""

from __future__ import annotations

import datetime as dt
import logging
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from connectors.answers import Answer
from connectors.registry import Connectors
from gateway.cases.cases import add_event
from gateway.cases.statuses import statuses
from gateway.errors import (
    DepartmentRefused,
    NotThere,
    OurFault,
    OutcomeUnknown,
    RetryLater,
    YiwenError,
)
from gateway.store.store import Store
from gateway.store.tables import Attempt, Case, CaseEvent, Submission, new_id

log = logging.getLogger("yiwen.delivery")

LEASE = dt.timedelta(seconds=90)
FIRST_WAIT, LONGEST_WAIT = 2.0, 600.0
OPEN = ("queued", "sending", "unknown")


class Doorbell(Protocol):
    """How a commit wakes the workers."""

    def ring(self) -> None:
        """Say that there is work."""

    def wait(self, seconds: float) -> None:
        """Sleep until somebody rings, or the time is over."""

    def close(self) -> None:
        """End this thread's listening."""


class LocalDoorbell:
    """The doorbell of one process."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def ring(self) -> None:
        """Wake one waiting worker; it looks for work until there is none."""
        self._event.set()

    def wait(self, seconds: float) -> None:
        """See :class:`Doorbell`."""
        if self._event.wait(seconds):
            self._event.clear()

    def close(self) -> None:
        """See :class:`Doorbell`: nothing is held, so others are woken to look for the end, too."""
        self._event.set()


@dataclass(frozen=True)
class Order:
    """What a worker needs for one call, read when it claimed the submission."""

    id: str
    lease: str
    case_id: str
    operation: str
    state: str
    attempts: int
    department: str
    item: str
    receipt: str
    reference: str
    key: str
    values: dict[str, str]


class Delivery:
    """Claims and delivers. Any number may run, in any number of processes, on one database."""

    def __init__(
        self, store: Store, connectors: Connectors, short_name: Callable[[str], str],
        first_wait: float = FIRST_WAIT, news: threading.Condition | None = None,
    ) -> None:
        self._store = store
        self._connectors = connectors
        self._short_name = short_name
        self._first_wait = first_wait
        self._news = news or threading.Condition()

    def work(self, bell: Doorbell, stop: threading.Event) -> None:
        """Deliver until ``stop`` is set. An unexpected error costs one round, not the worker."""
        while not stop.is_set():
            try:
                busy = self.step()
            except Exception:
                log.exception("A delivery round failed; the submission is tried again later.")
                busy = False
            if not busy:
                bell.wait(1.0)
        bell.close()

    def step(self) -> bool:
        """Claim and deliver one due submission. False when none is due."""
        order = self._claim()
        if order is None:
            return False
        started = time.monotonic()
        operation = "look_up" if order.state == "unknown" else order.operation
        try:
            outcome: Answer | YiwenError = self._call(order, operation)
        except YiwenError as error:
            outcome = error
        self._settle(order, operation, outcome, (time.monotonic() - started) * 1000)
        return True

    def _claim(self) -> Order | None:
        now = self._store.clock()
        with self._store.write() as session:
            row = session.scalars(
                select(Submission)
                .where(
                    Submission.state.in_(OPEN), Submission.due_at <= now,
                    or_(Submission.leased_until.is_(None), Submission.leased_until < now),
                )
                .order_by(Submission.due_at).limit(1).with_for_update(skip_locked=True)
            ).first()
            if row is None:
                return None
            case = session.get(Case, row.case_id)
            if row.operation == "withdraw" and not self._may_withdraw(session, case, row, now):
                return None
            # A lease that ran out while sending means that its worker died in the call.
            row.state = "sending" if row.state == "queued" else "unknown"
            row.lease, row.leased_until = new_id(), now + LEASE
            row.attempts += 1
            row.updated_at = now
            return Order(
                id=row.id, lease=row.lease, case_id=case.id, operation=row.operation,
                state=row.state, attempts=row.attempts, department=row.department, item=case.item,
                receipt=case.receipt, reference=case.department_reference or "",
                key=row.idempotency_key, values=self._store.cipher.open(case.answers_sealed),
            )

    def _may_withdraw(
        self, session: Session, case: Case, row: Submission, now: dt.datetime
    ) -> bool:
        """A withdrawal waits until the department has the case, and falls away if it refused it."""
        first = session.scalars(
            select(Submission.state)
            .where(Submission.case_id == case.id, Submission.operation != "withdraw")
        ).one()
        if first == "delivered":
            return True
        if first in OPEN:
            row.due_at = now + dt.timedelta(seconds=self._first_wait)
        else:
            row.state = "cancelled"
            case.status = "withdrawn"
            add_event(session, case, "gateway", statuses()["withdrawn"].says, now)
        return False

    def _call(self, order: Order, operation: str) -> Answer:
        connector = self._connectors.get(order.department)
        if connector is None:
            raise OurFault(f"{order.department} has no connector.yml")
        answer = connector.call(
            operation, order.values, item=order.item, receipt=order.receipt,
            reference=order.reference, key=order.key,
        )
        if operation == "look_up" and order.operation == "withdraw" and answer.status != "withdrawn":
            raise NotThere("not-withdrawn", "")
        return answer

    def _settle(
        self, order: Order, operation: str, outcome: Answer | YiwenError, milliseconds: float
    ) -> None:
        now = self._store.clock()
        with self._store.write() as session:
            row = session.get(Submission, order.id)
            if row is None or row.lease != order.lease:
                return  # another worker took over after the lease ran out; it will settle
            row.lease = row.leased_until = None
            row.updated_at = now
            case = session.get(Case, order.case_id)
            name, code = self._apply(session, row, case, outcome, now)
            session.add(
                Attempt(
                    submission_id=row.id, at=now, operation=operation, outcome=name,
                    code=code, milliseconds=milliseconds,
                )
            )
        with self._news:
            self._news.notify_all()
        log.info(
            "submission %s %s of %s: %s (%s) in %.0f ms, attempt %d",
            order.id, operation, order.department, name, code, milliseconds, order.attempts,
        )

    def _apply(
        self, session: Session, row: Submission, case: Case, outcome: Answer | YiwenError,
        now: dt.datetime,
    ) -> tuple[str, str]:
        """Write one outcome to the submission and its case; returns (outcome, code) for the log."""
        if isinstance(outcome, Answer):
            self._delivered(session, row, case, outcome, now)
            return "delivered", outcome.status
        if isinstance(outcome, NotThere):
            # Only look_up says so: the department never got it, so send it again at once.
            row.state, row.due_at = "queued", now
            return "not_there", outcome.code
        if isinstance(outcome, DepartmentRefused):
            row.state = "rejected"
            case.status = _before(session, case) if row.operation == "withdraw" else "not_accepted"
            add_event(session, case, case.department, outcome.sentence, now)
            return "rejected", outcome.code
        if isinstance(outcome, RetryLater):
            unknown = isinstance(outcome, OutcomeUnknown) or row.state == "unknown"
            row.state = "unknown" if unknown else "queued"
            row.due_at = now + dt.timedelta(seconds=self._wait(row.attempts, outcome.after))
            if row.attempts == 1:
                add_event(session, case, "gateway", self._kept(case), now)
            return ("unknown" if unknown else "retry"), ""
        row.state = "dead"
        add_event(session, case, "gateway", self._stuck(case), now)
        log.error("submission %s needs a person: %s", row.id, outcome)
        return "dead", type(outcome).__name__

    def _delivered(
        self, session: Session, row: Submission, case: Case, answer: Answer, now: dt.datetime
    ) -> None:
        row.state = "delivered"
        case.department_reference = answer.reference or case.department_reference
        usual = {"submit": "received", "book": "booked", "withdraw": "withdrawn"}[row.operation]
        status = answer.status if answer.status in statuses() else ""
        withdrawing = case.status == "withdrawing" and row.operation != "withdraw"
        if not withdrawing:
            told = row.operation == "submit" and status not in ("", "submitted")
            case.status = status if told else usual
            add_event(session, case, case.department, statuses()[case.status].says, now)

    def _wait(self, attempts: int, asked: float | None) -> float:
        wait = min(self._first_wait * 2 ** min(attempts - 1, 12), LONGEST_WAIT)
        return max(wait * random.uniform(0.8, 1.2), asked or 0.0)  # noqa: S311 (jitter, no secret)

    def _kept(self, case: Case) -> str:
        name = self._short_name(case.department)
        return f"{name}系统暂时连不上。您的申请已存好，恢复后自动提交。"

    def _stuck(self, case: Case) -> str:
        name = self._short_name(case.department)
        return f"送到{name}时出了问题，工作人员正在处理。您的申请已存好，不用再填。"


def _before(session: Session, case: Case) -> str:
    """The status that a refused withdrawal gives back."""
    status = session.scalars(
        select(CaseEvent.status)
        .where(CaseEvent.case_id == case.id, CaseEvent.status != "withdrawing")
        .order_by(CaseEvent.id.desc()).limit(1)
    ).one()
    return "received" if status == "submitted" else str(status)
