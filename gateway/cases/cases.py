"""Cases (办件): submitted applications, their history, and withdrawing them."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway.cases import form
from gateway.cases.attachments import drop_unasked
from gateway.cases.calendar import days_left, local_day, spoken_day
from gateway.cases.claims import FIRST
from gateway.cases.following import follow, lock, places, step_of
from gateway.cases.history import add_event
from gateway.cases.lifecycle import Lifecycle
from gateway.cases.notices import seen
from gateway.cases.opening import WAITING, open_case, queue
from gateway.cases.replacing import may_be_done_again, take_place
from gateway.cases.statuses import statuses
from gateway.catalogue.model import Catalogue, CompleteItem, Flow
from gateway.errors import CitizenError
from gateway.store.store import Store
from gateway.store.tables import Case, CaseEvent, Draft, Submission

MOST_LISTED = 5
LOOK_AGAIN = 0.05  # seconds
ASKING = frozenset({"supplement", "done_refused", "not_accepted"})
"""Statuses to which the department says something of its own."""


@dataclass(frozen=True)
class CaseView:
    """One case as its citizen sees it. ``delivery`` is the state of its newest submission.

    ``delivery`` is empty for one that waits for another step. ``then`` are the names of the steps of a life event
    that wait for it, or were sent because it is granted; ``again`` says whether it can be done again in its place.

    ``due`` is empty while no limit runs; ``days_left`` counts in ``unit`` and is negative once it is over.
    ``wanted`` is what the department asks for, or why it said no; ``visit`` is when and where to come.
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
    visit: str = ""
    then: tuple[str, ...] = ()
    again: bool = False


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
            drop_unasked(session, row.id, answers)
            case = self._opened(session, row, item, form.to_send(catalogue, answers))
            if item.flow is Flow.appointment:
                case.visit_sealed = self._store.cipher.seal(form.visit(catalogue, item, answers))
            row.state = "submitted"
            row.answers_sealed = self._store.cipher.seal({})
            session.flush()
            view = self._view(session, case)
        self._ring()
        return view

    def _opened(self, session: Session, draft: Draft, item: CompleteItem, given: Mapping[str, str]) -> Case:
        """The case of a draft, queued; or in the place of the case that the draft is opened again for."""
        now, cipher = self._store.clock(), self._store.cipher
        if draft.step_id:
            return take_place(session, cipher, draft, item, given, now)
        case = open_case(session, cipher, draft.citizen_id, draft.id, item, given, now)
        queue(session, cipher, case, "book" if item.flow is Flow.appointment else "submit", now)
        return case

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
            queue(
                session, self._store.cipher, case, "supplement", self._store.clock(), number=given + 1, values=values,
            )
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
            step = step_of(session, case.id)
            if step is not None and case.status == WAITING:
                lock(session, step.filing_id)
                session.refresh(case)  # it may have been sent meanwhile
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
        now, cipher = self._store.clock(), self._store.cipher
        first = session.scalars(
            select(Submission)
            .where(Submission.case_id == case.id, Submission.operation.in_(FIRST))
            .with_for_update()
        ).first()
        untouched = first is not None and first.state == "queued" and first.attempts == 0 and first.lease is None
        if first is None or untouched:
            case.status = "withdrawn"
        else:
            case.status = "withdrawing"
            queue(session, cipher, case, "withdraw", now)
        if untouched:
            first.state = "cancelled"
        add_event(session, case, "citizen", statuses()[case.status].says, now)
        if case.status == "withdrawn":
            follow(session, cipher, case, now)

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
        ).first() or ""
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
            visit=str(self._store.cipher.open(case.visit_sealed)) if case.visit_sealed else "",
            **self._in_event(session, case),
        )

    @staticmethod
    def _in_event(session: Session, case: Case) -> dict[str, Any]:
        """What the case means for the other steps of its life event."""
        own = step_of(session, case.id)
        if own is None:
            return {}
        after = (p for p in places(session, own.filing_id) if own.item in p.step.after)
        then = tuple(p.step.item_name for p in after if not statuses()[p.status].final)
        return {"then": then, "again": may_be_done_again(session, own)}

    def _days_left(self, case: Case) -> int:
        today, due = local_day(self._store.clock()), dt.date.fromisoformat(case.due_on)
        return days_left(today, due, case.limit_unit or "working_days")


def _untried(case: CaseView) -> bool:
    told = case.sentence != statuses()[case.status].says
    return not told and case.delivery in ("queued", "sending")
