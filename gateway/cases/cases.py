"""Cases (办件): submitted applications, their history, and withdrawing them."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway.cases import form
from gateway.cases.attachments import bind, drop_unasked
from gateway.cases.calendar import days_left, due_day, local_day, spoken_day
from gateway.cases.claims import FIRST
from gateway.cases.history import add_event
from gateway.cases.lifecycle import Lifecycle
from gateway.cases.notices import seen
from gateway.cases.receipts import new_receipt
from gateway.cases.statuses import statuses
from gateway.catalogue.model import Catalogue, CompleteItem, Flow
from gateway.errors import CitizenError
from gateway.store.store import Store
from gateway.store.tables import Case, CaseEvent, Draft, Submission, new_id

MOST_LISTED = 5
LOOK_AGAIN = 0.05  # seconds
ASKING = frozenset({"supplement", "done_refused", "not_accepted"})
"""Statuses to which the department says something of its own."""


@dataclass(frozen=True)
class CaseView:
    """One case as its citizen sees it. ``delivery`` is the state of its newest submission.

    ``due`` is empty while no limit runs; ``days_left`` counts in ``unit`` and is negative once it is over.
    ``wanted`` is what the department asks for, or why it said no.
    """

    id: str
    receipt: str
    item: str
    item_name: str
    department: str
    status: str
    label: str
    sentence: str
    final: bool
    due: str
    delivery: str
    at: dt.datetime
    reference: str
    days_left: int
    unit: str
    wanted: str


class Cases:
    """The cases of citizens. Other people's receipt numbers behave like unknown ones.

    ``ring`` is called after each commit that gives the delivery workers something to do; they notify
    ``news`` after each outcome.
    """

    def __init__(
        self, store: Store, catalogue: Callable[[], Catalogue], ring: Callable[[], None],
        news: threading.Condition | None = None,
    ) -> None:
        self._store = store
        self._catalogue = catalogue
        self._ring = ring
        self._news = news or threading.Condition()
        self._lifecycle = Lifecycle(store.cipher)

    def submit(self, citizen: str, draft: str) -> CaseView:
        """Turn a complete draft into a case with its submission, in one transaction.

        Calling it again for the same draft returns the same case.

        Raises:
            CitizenError: the draft is gone or not complete.
        """
        catalogue = self._catalogue()
        with self._store.write() as session:
            row = session.get(Draft, draft)
            if row is None or row.citizen_id != citizen:
                raise CitizenError("utter_draft_gone")
            known = session.scalars(select(Case).where(Case.draft_id == draft)).first()
            if known is not None:
                return self._view(session, known)
            item = catalogue.items.get(row.item)
            if row.state != "open" or not isinstance(item, CompleteItem):
                raise CitizenError("utter_draft_gone")
            answers = form.without_stale(item, self._store.cipher.open(row.answers_sealed))
            if form.next_field(item, answers) is not None:
                raise CitizenError("utter_draft_incomplete")
            case = self._new_case(session, citizen, row, item, answers)
            drop_unasked(session, row.id, answers)
            operation = "book" if item.flow is Flow.appointment else "submit"
            self._queue(session, case, operation)
            row.state = "submitted"
            row.answers_sealed = self._store.cipher.seal({})
            session.flush()
            view = self._view(session, case)
        self._ring()
        return view

    def _new_case(
        self, session: Session, citizen: str, draft: Draft, item: CompleteItem, answers: dict[str, str]
    ) -> Case:
        now = self._store.clock()
        today = local_day(now)
        given = form.to_send(self._catalogue(), answers)
        case = Case(
            id=new_id(), receipt=self._free_receipt(session, today), citizen_id=citizen,
            draft_id=draft.id, item=item.item, item_name=item.name, department=item.department,
            status="submitted", answers_sealed=self._store.cipher.seal(given),
            due_on=due_day(today, item.promised_limit).isoformat(),
            limit_unit=item.promised_limit.unit.value, created_at=now, updated_at=now,
        )
        session.add(case)
        session.flush()
        add_event(session, case, "citizen", statuses()["submitted"].says, now)
        return case

    @staticmethod
    def _free_receipt(session: Session, today: dt.date) -> str:
        while True:
            receipt = new_receipt(today)
            if session.scalars(select(Case.id).where(Case.receipt == receipt)).first() is None:
                return receipt

    def _queue(
        self, session: Session, case: Case, operation: str, *, number: int = 0,
        values: Mapping[str, str] | None = None,
    ) -> None:
        now = self._store.clock()
        key = f"{case.receipt}-{operation}" + (f"-{number}" if number else "")
        submission = new_id()
        session.add(
            Submission(
                id=submission, case_id=case.id, department=case.department, operation=operation,
                idempotency_key=key, state="queued", attempts=0,
                due_at=now, created_at=now, updated_at=now,
                values_sealed=None if values is None else self._store.cipher.seal(dict(values)),
            )
        )
        if operation != "withdraw":
            session.flush()
            bind(session, case, submission)

    def mine(self, citizen: str) -> list[CaseView]:
        """The citizen's newest cases, five at the most."""
        with self._store.read() as session:
            rows = session.scalars(
                select(Case).where(Case.citizen_id == citizen)
                .order_by(Case.created_at.desc()).limit(MOST_LISTED)
            ).all()
            return [self._view(session, row) for row in rows]

    def by_receipt(self, citizen: str, receipt: str) -> CaseView:
        """The citizen's case with that receipt number.

        Raises:
            CitizenError: there is none, or it is somebody else's; the reply is the same.
        """
        with self._store.read() as session:
            return self._view(session, self._owned(session, citizen, receipt))

    def first_news(self, citizen: str, case: CaseView, seconds: float = 1.2) -> CaseView:
        """``case`` after its newest submission was tried once, or as it stands after ``seconds``.

        Most departments answer in milliseconds, so the reply can say what they said.
        """
        end = time.monotonic() + seconds
        with self._news:
            while (left := end - time.monotonic()) > 0 and _untried(case):
                # A worker of another process cannot notify; a quick one may have done so already.
                self._news.wait(min(left, LOOK_AGAIN))
                case = self.by_receipt(citizen, case.receipt)
        return case

    def supplement(self, citizen: str, receipt: str, values: Mapping[str, str]) -> CaseView:
        """Answer a supplement request (补正): what is given goes to the department, once.

        Raises:
            CitizenError: not there, or nothing is asked for.
        """
        with self._store.write() as session:
            case = self._owned(session, citizen, receipt, lock=True)
            if case.status != "supplement":
                raise CitizenError("utter_supplement_none", receipt=receipt)
            given = session.scalars(
                select(func.count()).select_from(Submission)
                .where(Submission.case_id == case.id, Submission.operation == "supplement")
            ).one()
            self._lifecycle.advance(
                session, case, "supplementing", self._store.clock(), actor="citizen"
            )
            self._queue(session, case, "supplement", number=given + 1, values=values)
            session.flush()
            view = self._view(session, case)
        self._ring()
        return view

    def view_in(self, session: Session, case_id: str) -> CaseView:
        """A case inside the caller's transaction, for callers that know whose it is."""
        return self._view(session, session.get(Case, case_id))

    def read(self, case: CaseView) -> None:
        """The citizen was just told how the case stands: no notice need say it again."""
        with self._store.write() as session:
            seen(session, case.id, self._store.clock())

    def withdraw(self, citizen: str, receipt: str) -> CaseView:
        """Withdraw a case: at once if the department never heard of it, else by telling it.

        Raises:
            CitizenError: not there, or already ended.
        """
        with self._store.write() as session:
            case = self._owned(session, citizen, receipt)
            if statuses()[case.status].final:
                raise CitizenError(
                    "utter_withdraw_ended", receipt=receipt, label=statuses()[case.status].label
                )
            if case.status != "withdrawing":
                self._withdraw(session, case)
            session.flush()
            view = self._view(session, case)
        self._ring()
        return view

    def _withdraw(self, session: Session, case: Case) -> None:
        now = self._store.clock()
        first = session.scalars(
            select(Submission)
            .where(Submission.case_id == case.id, Submission.operation.in_(FIRST))
            .with_for_update()
        ).one()
        if first.state == "queued" and first.attempts == 0 and first.lease is None:
            first.state = "cancelled"
            case.status = "withdrawn"
        else:
            case.status = "withdrawing"
            self._queue(session, case, "withdraw")
        add_event(session, case, "citizen", statuses()[case.status].says, now)

    def _owned(self, session: Session, citizen: str, receipt: str, *, lock: bool = False) -> Case:
        wanted = select(Case).where(Case.receipt == receipt, Case.citizen_id == citizen)
        case = session.scalars(wanted.with_for_update() if lock else wanted).first()
        if case is None:
            raise CitizenError("utter_receipt_unknown", receipt=receipt)
        return case

    def _view(self, session: Session, case: Case) -> CaseView:
        newest = session.scalars(
            select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(CaseEvent.id.desc()).limit(1)
        ).one()
        delivery = session.scalars(
            select(Submission.state).where(Submission.case_id == case.id)
            .order_by(Submission.created_at.desc()).limit(1)
        ).one()
        status = statuses()[case.status]
        due = spoken_day(dt.date.fromisoformat(case.due_on)) if status.clock and case.due_on else ""
        asks = case.wanted_sealed is not None and case.status in ASKING
        return CaseView(
            id=case.id, receipt=case.receipt, item=case.item, item_name=case.item_name,
            department=case.department, status=case.status, label=status.label,
            sentence=newest.sentence, final=status.final, due=due, delivery=delivery,
            at=newest.at, reference=case.department_reference or "",
            days_left=self._days_left(case) if due else 0, unit=case.limit_unit or "working_days",
            wanted=str(self._store.cipher.open(case.wanted_sealed)) if asks else "",
        )


    def _days_left(self, case: Case) -> int:
        today, due = local_day(self._store.clock()), dt.date.fromisoformat(case.due_on)
        return days_left(today, due, case.limit_unit or "working_days")


def _untried(case: CaseView) -> bool:
    told = case.sentence != statuses()[case.status].says
    return not told and case.delivery in ("queued", "sending")
