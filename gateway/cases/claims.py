"""Claiming: which submission a worker takes next, and for how long it is its own."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from connectors.registry import Connectors
from gateway.cases.following import follow
from gateway.cases.history import add_event
from gateway.cases.statuses import statuses
from gateway.identity.representations import told
from gateway.store.store import Store
from gateway.store.tables import Case, Submission, new_id

SPARE = 1.5
"""A lease is so many times the longest call, or more: for the way from claim to door and back."""
OPEN = ("queued", "sending", "unknown")
FIRST = ("submit", "book")
"""Operations that begin a case; the others wait for them."""


@dataclass(frozen=True)
class Order:
    """What a worker needs for one call, read when it claimed the submission.

    ``deadline`` (monotonic seconds): after it nothing may be sent, since another worker may soon take
    over. A process that was stopped or swapped out in between finds it over.
    """

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
    values: dict[str, str] = field(repr=False)
    deadline: float


class Claims:
    """Gives out due submissions on leases. On PostgreSQL rows are locked and locked ones skipped; on
    SQLite a claim holds the only write lock. Either way no two workers get the same one.

    ``shortest``: seconds of the shortest lease. ``most``: calls to one department at a time in this process, so that a slow department leaves
    workers for the others.
    """

    def __init__(
        self, store: Store, connectors: Connectors, wait: Callable[[int], float], most: int,
        shortest: float = 90.0,
    ) -> None:
        self._store = store
        self._connectors = connectors
        self._wait = wait
        self._most = most
        self._shortest = shortest
        self._busy: Counter[str] = Counter()
        self._lock = threading.Lock()

    def take(self) -> Order | None:
        """The next due submission; None when none is due. Give it back with :meth:`release`."""
        while True:
            began = time.monotonic()
            with self._store.write() as session:
                row = self._due(session)
                if row is None:
                    return None
                case = session.get(Case, row.case_id)
                if not self._may_go(session, case, row):
                    continue
                order = self._leased(session, row, case, began)
            with self._lock:
                self._busy[order.department] += 1
            return order

    def release(self, order: Order) -> None:
        """The call is over: its department may be called again."""
        with self._lock:
            self._busy[order.department] -= 1

    def _due(self, session: Session) -> Submission | None:
        now = self._store.clock()
        with self._lock:
            full = [name for name, calls in self._busy.items() if calls >= self._most]
        return session.scalars(
            select(Submission)
            .where(
                Submission.state.in_(OPEN), Submission.due_at <= now,
                or_(Submission.leased_until.is_(None), Submission.leased_until < now),
                Submission.department.notin_(full),
            )
            .order_by(Submission.due_at).limit(1).with_for_update(skip_locked=True)
        ).first()

    def _leased(self, session: Session, row: Submission, case: Case, began: float) -> Order:
        now = self._store.clock()
        call = self._longest_call(row.department)
        lease = max(self._shortest, call * SPARE)
        # A lease that ran out while sending means that its worker died in the call.
        row.state = "sending" if row.state == "queued" else "unknown"
        row.lease, row.leased_until = new_id(), now + dt.timedelta(seconds=lease)
        row.sent_at = now if row.state == "sending" else row.sent_at
        row.attempts += 1
        row.updated_at = now
        return Order(
            id=row.id, lease=row.lease, case_id=case.id, operation=row.operation,
            state=row.state, attempts=row.attempts, department=row.department, item=case.item,
            receipt=case.receipt, reference=case.department_reference or "",
            key=row.idempotency_key, values=self._values(session, row, case), deadline=began + lease - call,
        )

    def _values(self, session: Session, row: Submission, case: Case) -> dict[str, str]:
        """The answers; with an application also who acts for whom, where the department's connector names it."""
        values = dict(self._store.cipher.open(row.values_sealed or case.answers_sealed))
        connector = self._connectors.get(row.department)
        if row.operation in FIRST and connector is not None and connector.offers(row.operation):
            names = connector.manifest.fields_of(row.operation)
            facts = told(session, self._store.cipher, case.draft_id) if case.draft_id else {}
            values |= {element: value for element, value in facts.items() if element in names}
        return values

    def _longest_call(self, department: str) -> float:
        connector = self._connectors.get(department)
        if connector is None:
            return 0.0
        return connector.manifest.timeouts.connect + connector.manifest.timeouts.read

    def _may_go(self, session: Session, case: Case, row: Submission) -> bool:
        """What follows an application waits until the department has it. A withdrawal falls away if
        the department refused it."""
        if row.operation in FIRST:
            return True
        now = self._store.clock()
        first = session.scalars(
            select(Submission.state)
            .where(Submission.case_id == case.id, Submission.operation.in_(FIRST))
        ).one()
        if first == "delivered":
            return True
        if first in (*OPEN, "dead"):
            row.due_at = now + dt.timedelta(seconds=self._wait(1))
        else:
            row.state = "cancelled"
            if row.operation == "withdraw":
                case.status = "withdrawn"
                add_event(session, case, "gateway", statuses()["withdrawn"].says, now)
                follow(session, self._store.cipher, case, now)
        return False
