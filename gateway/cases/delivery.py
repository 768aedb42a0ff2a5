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

from sqlalchemy import select
from sqlalchemy.orm import Session

from connectors.answers import Answer
from connectors.bodies import Attachment
from connectors.manifest import UNENCODABLE
from connectors.registry import Connectors
from gateway.cases.attachments import files_of
from gateway.cases.calendar import moment_words
from gateway.cases.claims import FIRST, Claims, Order
from gateway.cases.doorbell import Doorbell
from gateway.cases.history import add_event
from gateway.cases.lifecycle import Lifecycle
from gateway.cases.statuses import statuses
from gateway.cases.unreadable import UNREADABLE, one_more
from gateway.errors import (
    AnswerUnreadable,
    DepartmentClosed,
    DepartmentRefused,
    NotThere,
    OurFault,
    OutcomeUnknown,
    RetryLater,
    YiwenError,
)
from gateway.store.store import Store
from gateway.store.tables import Attempt, Case, CaseEvent, Submission

log = logging.getLogger("yiwen.delivery")

FIRST_WAIT, LONGEST_WAIT = 2.0, 600.0
POLL = 1.0  # seconds; what a lost ring costs
LEAST_TO_SETTLE = 30.0
USUAL = {
    "submit": "received", "book": "booked", "supplement": "in_progress", "withdraw": "withdrawn",
}
"""The status after a delivery of which the department says no status."""
STANDING_FOR = {"withdraw": "withdrawing", "supplement": "supplementing"}
"""The status of a case while something that the citizen did is under way."""


class Delivery:
    """Claims and delivers. Any number may run, in any number of processes, on one database.

    ``threads`` is how many call :meth:`work` in this process; one department gets half of them.
    """

    def __init__(
        self, store: Store, connectors: Connectors, short_name: Callable[[str], str],
        first_wait: float = FIRST_WAIT, news: threading.Condition | None = None, threads: int = 2,
        shortest_lease: float = 90.0,
    ) -> None:
        self._store = store
        self._connectors = connectors
        self._short_name = short_name
        self._first_wait = first_wait
        self._news = news or threading.Condition()
        self._lifecycle = Lifecycle(store.cipher)
        self.claims = Claims(store, connectors, self._wait, max(1, threads // 2), shortest_lease)

    def work(self, bell: Doorbell, stop: threading.Event) -> None:
        """Deliver until ``stop`` is set. An unexpected error costs one round, not the worker."""
        while not stop.is_set():
            try:
                busy = self.step()
            except Exception:
                log.exception("A delivery round failed; the submission is tried again later.")
                busy = False
            if not busy:
                bell.wait(POLL)
        bell.close()

    def step(self) -> bool:
        """Claim and deliver one due submission. False when none is due."""
        order = self.claims.take()
        if order is None:
            return False
        try:
            self._deliver(order)
        finally:
            self.claims.release(order)
        return True

    def _deliver(self, order: Order) -> None:
        started = time.monotonic()
        operation = "look_up" if order.state == "unknown" else order.operation
        try:
            outcome: Answer | YiwenError = self.call(order, operation)
        except YiwenError as error:
            outcome = error
        self.settle(order, operation, outcome, (time.monotonic() - started) * 1000)

    def call(self, order: Order, operation: str) -> Answer:
        """Call the department once for an order.

        Raises:
            YiwenError: as connectors.client.Connector.call; OutcomeUnknown, too, when the order's
                deadline is over, since then another worker may be at it.
        """
        connector = self._connectors.get(order.department)
        if connector is None:
            raise OurFault(f"{order.department} has no connector.yml")
        if time.monotonic() > order.deadline:
            raise OutcomeUnknown("this worker was held up; the submission is asked after first")
        answer = connector.call(
            operation, order.values, item=order.item, receipt=order.receipt,
            reference=order.reference, key=order.key,
            files=self._files(order) if operation == order.operation else (),
        )
        if operation == "look_up" and not _arrived(order.operation, answer.status):
            raise NotThere(f"no {order.operation}", "")
        return answer

    def _files(self, order: Order) -> list[Attachment]:
        with self._store.read() as session:
            return files_of(session, self._store, order.id)

    def settle(
        self, order: Order, operation: str, outcome: Answer | YiwenError, milliseconds: float
    ) -> None:
        """Write the outcome of a call to its submission and case, unless another worker took over."""
        now = self._store.clock()
        with self._store.write() as session:
            row = session.get(Submission, order.id, with_for_update=True)
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
                    element=_blamed(outcome),
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
        if isinstance(outcome, NotThere) and row.state == "unknown":
            return self._not_there(row, outcome, now)
        if isinstance(outcome, DepartmentRefused):
            row.state = "rejected"
            self._rejected(session, row, case, outcome, now)
            return "rejected", outcome.code
        if isinstance(outcome, AnswerUnreadable):
            return self._unreadable(session, row, case, outcome, now)
        if isinstance(outcome, RetryLater):
            unknown = isinstance(outcome, OutcomeUnknown) or row.state == "unknown"
            row.state = "unknown" if unknown else "queued"
            row.due_at = now + dt.timedelta(seconds=max(self._wait(row.attempts), outcome.after or 0.0))
            if row.attempts == 1:
                add_event(session, case, "gateway", self._kept(case, outcome), now)
            return ("unknown" if unknown else "retry"), ""
        return self._dead(session, row, case, outcome, now)

    def _dead(
        self, session: Session, row: Submission, case: Case, why: YiwenError, now: dt.datetime
    ) -> tuple[str, str]:
        row.state = "dead"
        add_event(session, case, "gateway", self._stuck(case), now)
        log.error("submission %s needs a person: %s", row.id, why)
        return "dead", type(why).__name__

    def _unreadable(
        self, session: Session, row: Submission, case: Case, why: AnswerUnreadable, now: dt.datetime
    ) -> tuple[str, str]:
        """The department may have it: ask again, call staff at the second such answer, stop after a day."""
        so_far = one_more(session, row.id, now)
        if so_far.is_over(now):
            return self._dead(session, row, case, why, now)
        row.state = "unknown"
        row.due_at = now + dt.timedelta(seconds=self._wait(row.attempts))
        if so_far.times == 1:
            add_event(session, case, "gateway", self._not_read(case), now)
        elif so_far.calls_staff():
            log.error(
                "submission %s: the answers of %s cannot be read, look at its connector.yml: %s",
                row.id, row.department, why,
            )
        return UNREADABLE, UNREADABLE

    def _not_there(self, row: Submission, outcome: NotThere, now: dt.datetime) -> tuple[str, str]:
        """look_up found nothing: send it again. A department without an idempotency key may still be
        at work on the first try, so there the answer only counts after a while."""
        settled = (row.sent_at or now) + dt.timedelta(seconds=self._to_settle(row.department))
        if now < settled:
            row.due_at = settled
            return "not_there_yet", outcome.code
        row.state, row.due_at = "queued", now
        return "not_there", outcome.code

    def _to_settle(self, department: str) -> float:
        connector = self._connectors.get(department)
        if connector is None or connector.manifest.idempotency is not None:
            return 0.0
        return max(LEAST_TO_SETTLE, 2 * connector.manifest.timeouts.read)

    def _delivered(
        self, session: Session, row: Submission, case: Case, answer: Answer, now: dt.datetime
    ) -> None:
        row.state = "delivered"
        case.department_reference = answer.reference or case.department_reference
        usual = USUAL[row.operation]
        told = row.operation in ("submit", "supplement") and answer.status in statuses()
        status = answer.status if told and answer.status not in ("submitted", "supplement") else usual
        if case.status == "withdrawing" and row.operation in FIRST:
            return  # the withdrawal that follows says how it ends
        self._lifecycle.advance(
            session, case, status, now, actor=case.department, note=answer.note, given=answer.given,
        )

    def _rejected(
        self, session: Session, row: Submission, case: Case, refusal: DepartmentRefused,
        now: dt.datetime,
    ) -> None:
        """A refused application ends; what else is refused leaves the case as it was before."""
        if row.operation in FIRST:
            self._lifecycle.advance(
                session, case, "not_accepted", now, actor=case.department,
                sentence=refusal.sentence,
            )
            return
        if case.status == STANDING_FOR[row.operation]:
            case.status = _before(session, case)
        add_event(session, case, case.department, refusal.sentence, now)

    def _wait(self, attempts: int) -> float:
        wait = min(self._first_wait * 2 ** min(attempts - 1, 12), LONGEST_WAIT)
        return wait * random.uniform(0.8, 1.2)  # noqa: S311 (jitter, no secret)

    def _kept(self, case: Case, why: RetryLater) -> str:
        name = self._short_name(case.department)
        if isinstance(why, DepartmentClosed):
            return f"{name}系统现在没开，{moment_words(why.opens)} 开。您的申请已存好，到时自动提交。"
        return f"{name}系统暂时连不上。您的申请已存好，恢复后自动提交。"

    def _not_read(self, case: Case) -> str:
        name = self._short_name(case.department)
        return f"{name}系统的答复读不出来，我会接着核对。您的申请已存好，不用再填。"

    def _stuck(self, case: Case) -> str:
        name = self._short_name(case.department)
        return f"送到{name}时出了问题，工作人员正在处理。您的申请已存好，不用再填。"


def _arrived(operation: str, status: str) -> bool:
    """Whether a case in that status shows that the operation reached the department."""
    if operation == "withdraw":
        return status == "withdrawn"
    return operation != "supplement" or status != "supplement"


def _blamed(outcome: Answer | YiwenError) -> str | None:
    """The data element that a refusal names; a rare character is no mistake that could be put right."""
    if isinstance(outcome, DepartmentRefused) and outcome.code != UNENCODABLE:
        return outcome.field
    return None


def _before(session: Session, case: Case) -> str:
    """The status that a refused withdrawal or supplement gives back."""
    status = session.scalars(
        select(CaseEvent.status)
        .where(CaseEvent.case_id == case.id, CaseEvent.status.notin_(STANDING_FOR.values()))
        .order_by(CaseEvent.id.desc()).limit(1)
    ).one()
    return "received" if status == "submitted" else str(status)
