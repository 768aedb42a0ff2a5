"""What is done from time to time: asking how cases stand, reminding before a promised limit ends,
raising the alarm after it, and deleting what is over age."""

from __future__ import annotations

import datetime as dt
import logging
import threading

from sqlalchemy import or_, select

from gateway.cases.calendar import days_left, local_day
from gateway.cases.desk import Desk
from gateway.cases.notices import add_notice
from gateway.cases.retention import Retention
from gateway.cases.statuses import statuses
from gateway.store.store import Store
from gateway.store.tables import Case

log = logging.getLogger("yiwen.rounds")

PAUSE = 60.0  # seconds between two rounds
ASK_AGAIN = dt.timedelta(minutes=30)
MOST_ASKED = 50
"""Cases asked after in one round, so that no department is flooded."""
REMIND = 2
"""Days before the end of a limit, in the limit's own unit."""


class Rounds:
    """One goes round in every process that delivers; what one did the others find done."""

    def __init__(self, store: Store, desk: Desk, retention: Retention) -> None:
        self._store = store
        self._desk = desk
        self._retention = retention

    def work(self, stop: threading.Event) -> None:
        """Go round until ``stop`` is set. An error costs one round."""
        while not stop.wait(PAUSE):
            try:
                self.go()
            except Exception:
                log.exception("A round failed; the next one follows.")

    def go(self) -> None:
        """One round."""
        self.ask_after_cases()
        self.watch_limits()
        self._retention.go()

    def ask_after_cases(self) -> int:
        """Ask departments after cases that were not heard of for half an hour; how many were asked."""
        receipts = self._due_to_ask()
        for receipt in receipts:
            self._desk.refresh(receipt)
        return len(receipts)

    def _due_to_ask(self) -> list[str]:
        now = self._store.clock()
        going = [name for name, s in statuses().items() if not s.final]
        with self._store.write() as session:
            cases = session.scalars(
                select(Case)
                .where(
                    Case.status.in_(going), Case.department_reference.is_not(None),
                    or_(Case.asked_at.is_(None), Case.asked_at < now - ASK_AGAIN),
                    Case.updated_at < now - ASK_AGAIN,
                )
                .order_by(Case.asked_at).limit(MOST_ASKED).with_for_update(skip_locked=True)
            ).all()
            for case in cases:
                case.asked_at = now
            return [case.receipt for case in cases]

    def watch_limits(self) -> None:
        """Remind citizens of limits that end soon; tell them and staff of those that are over."""
        now = self._store.clock()
        today = local_day(now)
        running = [name for name, s in statuses().items() if s.clock]
        soon = (today + dt.timedelta(days=15)).isoformat()  # the longest holiday and two working days
        with self._store.write() as session:
            cases = session.scalars(
                select(Case).where(Case.status.in_(running), Case.due_on <= soon)
            ).all()
            for case in cases:
                due = dt.date.fromisoformat(case.due_on)
                left = days_left(today, due, case.limit_unit or "working_days")
                if left < 0 and add_notice(session, case, "overdue", case.due_on, now):
                    log.error(
                        "case %s of %s is past its promised day %s: %s",
                        case.receipt, case.department, case.due_on, case.status,
                    )
                elif 0 <= left <= REMIND and local_day(case.created_at) < today:
                    add_notice(session, case, "due_soon", case.due_on, now)
