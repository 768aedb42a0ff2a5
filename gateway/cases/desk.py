"""Asking a department something now: free appointment times, a query's result, a case's status.

These calls wait for the department, so they run while the citizen waits and have short time limits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select

from connectors.answers import Answer
from connectors.registry import Connectors
from gateway.cases.calendar import moment_words
from gateway.cases.lifecycle import Lifecycle
from gateway.cases.statuses import statuses
from gateway.catalogue.model import Choice, ServiceItem
from gateway.errors import CitizenError, DepartmentClosed, DepartmentRefused, OurFault, RetryLater
from gateway.store.store import Store
from gateway.store.tables import Case

AT_ONCE = 4
"""Departments asked at the same time for one citizen."""


class Desk:
    """The gateway's seat at each department's counter."""

    def __init__(
        self, store: Store, connectors: Connectors, short_name: Callable[[str], str]
    ) -> None:
        self._store = store
        self._connectors = connectors
        self._short_name = short_name
        self._lifecycle = Lifecycle(store.cipher)

    def query(self, item: ServiceItem, values: Mapping[str, str], key: str) -> dict[str, str]:
        """The rows of a query's result, label → value.

        Raises:
            CitizenError: the department refused (its sentence says why) or cannot be reached.
        """
        return self._ask("query", item.department, values, item=item.item, key=key).fields

    def free_slots(self, item: ServiceItem, values: Mapping[str, str]) -> tuple[Choice, ...]:
        """Free appointment times, soonest first; the alias of each is its start (ISO 8601).

        Raises:
            CitizenError: as :meth:`query`, or there is no free time.
        """
        answer = self._ask("slots", item.department, values, item=item.item, key="")
        if not answer.slots:
            raise CitizenError("utter_no_slots", department=self._short_name(item.department))
        return tuple(
            Choice(value=s.id, label=s.label, aliases=(s.starts.isoformat(timespec="minutes"),))
            for s in sorted(answer.slots, key=lambda s: s.starts)
        )

    def refresh(self, receipt: str) -> bool:
        """Ask the department how a delivered case stands, and keep what it says.

        Returns:
            False when the department cannot be reached: what we know may be old.
        """
        with self._store.read() as session:
            case = session.scalars(select(Case).where(Case.receipt == receipt)).one()
        if not case.department_reference or statuses()[case.status].final:
            return True
        try:
            answer = self._call(
                "look_up", case.department, {}, item=case.item, receipt=receipt,
                reference=case.department_reference, key="",
            )
        except (RetryLater, DepartmentRefused, OurFault):
            return False
        self.take_news(case.department, receipt=receipt, status=answer.status, note=answer.note, given=answer.given)
        return True

    def refresh_all(self, receipts: Sequence[str]) -> bool:
        """As :meth:`refresh` for several cases at once, since one slow department must not keep the others.

        Returns:
            False when one of the departments cannot be reached.
        """
        if not receipts:
            return True
        with ThreadPoolExecutor(max_workers=min(len(receipts), AT_ONCE)) as pool:
            return all(list(pool.map(self.refresh, receipts)))

    def take_news(
        self, department: str, *, receipt: str, status: str, note: str = "", reference: str = "",
        given: Mapping[str, str] | None = None,
    ) -> bool:
        """A department says how a case stands, asked or by itself; whether that was news.

        News may come early, late, twice or out of order: see :class:`gateway.cases.lifecycle.Lifecycle`.
        """
        if status not in statuses() or status == "submitted":
            return False
        now = self._store.clock()
        with self._store.write() as session:
            case = session.scalars(
                select(Case).where(Case.receipt == receipt, Case.department == department)
                .with_for_update()
            ).first()
            if case is None:
                return False
            case.asked_at = now
            case.department_reference = case.department_reference or reference or None
            return self._lifecycle.advance(session, case, status, now, actor=department, note=note, given=given)

    def _ask(
        self, operation: str, department: str, values: Mapping[str, str], *, item: str, key: str
    ) -> Answer:
        name = self._short_name(department)
        try:
            return self._call(operation, department, values, item=item, key=key)
        except DepartmentClosed as closed:
            sentence = f"{name}系统现在没开，{moment_words(closed.opens)} 开。那时再来，我接着帮您办。"
            raise CitizenError("utter_department_refused", sentence=sentence, field=None) from None
        except RetryLater:
            raise CitizenError("utter_department_down", department=name) from None
        except DepartmentRefused as refused:
            raise CitizenError(
                "utter_department_refused", sentence=refused.sentence, field=refused.field
            ) from refused

    def _call(
        self, operation: str, department: str, values: Mapping[str, str], *, item: str, key: str,
        receipt: str = "", reference: str = "",
    ) -> Answer:
        connector = self._connectors.get(department)
        if connector is None:
            raise OurFault(f"{department} has no connector.yml")
        return connector.call(
            operation, values, item=item, receipt=receipt, reference=reference, key=key
        )
