"""Filings (一件事办件): one dialogue, one submission, one case a step; their order is kept by ``following``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.cases import form
from gateway.cases.attachments import drop_unasked, hand_over
from gateway.cases.cases import Cases, CaseView
from gateway.cases.following import lock, places, step_of, waiting_sentence
from gateway.cases.opening import WAITING, open_case, queue
from gateway.cases.replacing import may_be_done_again, put_back
from gateway.catalogue.life_events import EventStep
from gateway.catalogue.model import Catalogue, CompleteItem, LifeEvent
from gateway.errors import CitizenError
from gateway.store.filing_tables import Filing, FilingStep
from gateway.store.store import Store
from gateway.store.tables import Draft

MOST_LISTED = 3
Note = Callable[[Session, str, Mapping[str, str]], None]
"""Called for each step with its draft and answers, in the transaction of the submission."""


@dataclass(frozen=True)
class StepView:
    """One step of a filing: its case, and the numbers (from 1) of the steps that it still waits for; ``blocked``
    are those of them that have failed, or are being withdrawn."""

    number: int
    case: CaseView
    waits_for: tuple[int, ...] = ()
    blocked: tuple[int, ...] = ()


@dataclass(frozen=True)
class FilingView:
    """A life event that was submitted, as its citizen sees it."""

    id: str
    event: str
    name: str
    steps: tuple[StepView, ...]

    @property
    def done(self) -> int:
        """How many steps are granted."""
        return sum(step.case.status == "done_granted" for step in self.steps)


class Filings:
    """The filings of citizens. ``takes_files`` says whether a department takes photos."""

    def __init__(
        self, store: Store, catalogue: Callable[[], Catalogue], cases: Cases, ring: Callable[[], None],
        takes_files: Callable[[str], bool],
    ) -> None:
        self._store = store
        self._catalogue = catalogue
        self._cases = cases
        self._ring = ring
        self._takes_files = takes_files

    def submit(self, citizen: str, draft: str, note: Note | None = None) -> FilingView:
        """Turn a complete draft of a life event into a case a step, in one transaction: steps that wait for
        nothing are queued, the others are kept.

        Calling it again for the same draft returns the same filing.

        Raises:
            CitizenError: the draft is gone or not complete.
        """
        with self._store.write() as session:
            row = session.get(Draft, draft)
            if row is None or row.citizen_id != citizen:
                raise CitizenError("utter_draft_gone")
            known = session.scalars(select(Filing).where(Filing.draft_id == draft)).first()
            if known is not None:
                return self._view(session, known)
            event = self._catalogue().events.get(row.item)
            if row.state != "open" or event is None:
                raise CitizenError("utter_draft_gone")
            answers = form.without_stale(event, self._store.cipher.open(row.answers_sealed))
            if form.next_field(event, answers) is not None:
                raise CitizenError("utter_draft_incomplete")
            filing = self._file(session, row, event, answers, note)
            view = self._view(session, filing)
        self._ring()
        return view

    def _file(
        self, session: Session, row: Draft, event: LifeEvent, answers: dict[str, str], note: Note | None
    ) -> Filing:
        filing = Filing(
            citizen_id=row.citizen_id, draft_id=row.id, event=event.event, name=event.name,
            created_at=self._store.clock(),
        )
        session.add(filing)
        session.flush()
        chosen = event.chosen(answers)
        drop_unasked(session, row.id, answers)
        for position, step in enumerate(chosen):
            own = event.answers_of(step, answers)
            draft = self._draft_of(session, row, step)
            if self._takes_files(event.items[step.item].department):
                hand_over(session, row.id, draft.id, [f.element for f in event.own_fields(step, answers)])
            if note is not None:
                note(session, draft.id, own)
            self._place(session, filing, draft, event, step, own, {s.item for s in chosen}, position)
        row.state = "submitted"
        row.answers_sealed = self._store.cipher.seal({})
        session.flush()
        return filing

    def _draft_of(self, session: Session, row: Draft, step: EventStep) -> Draft:
        """The draft of one step, submitted already: a case has one of its own."""
        now = self._store.clock()
        draft = Draft(
            citizen_id=row.citizen_id, item=step.item, state="submitted",
            answers_sealed=self._store.cipher.seal({}), created_at=now, updated_at=now,
        )
        session.add(draft)
        session.flush()
        return draft

    def _place(
        self, session: Session, filing: Filing, draft: Draft, event: LifeEvent, step: EventStep,
        answers: dict[str, str], chosen: set[str], position: int,
    ) -> None:
        """The case of one step in its place, queued unless it waits for another one."""
        catalogue, now, cipher = self._catalogue(), self._store.clock(), self._store.cipher
        item = event.items[step.item]
        if not isinstance(item, CompleteItem):
            raise CitizenError("utter_draft_gone")
        after = [name for name in step.after if name in chosen]
        given = form.to_send(catalogue, form.without_stale(item, answers))
        waits = waiting_sentence([event.items[name].name for name in after], step.why) if after else ""
        case = open_case(
            session, cipher, filing.citizen_id, draft.id, item, given, now,
            status=WAITING if after else "submitted", sentence=waits,
        )
        takes = {
            element: {"item": source.step, "element": source.element, "name": catalogue.elements[source.element].name}
            for element, source in step.given.items() if source.step in chosen
        }
        session.add(FilingStep(
            filing_id=filing.id, case_id=case.id, position=position, item=item.item, item_name=item.name,
            after=after, takes=takes, limit_n=item.promised_limit.n, limit_unit=item.promised_limit.unit.value,
        ))
        session.flush()
        if not after:
            queue(session, cipher, case, "submit", now)

    def mine(self, citizen: str) -> list[FilingView]:
        """The citizen's newest filings, three at the most."""
        with self._store.read() as session:
            rows = session.scalars(
                select(Filing).where(Filing.citizen_id == citizen)
                .order_by(Filing.created_at.desc()).limit(MOST_LISTED)
            ).all()
            return [self._view(session, row) for row in rows]

    def put_back(self, citizen: str, receipt: str) -> CaseView | None:
        """Let a step that was withdrawn while it waited wait again; None when it has to be filled in again.

        Raises:
            CitizenError: not there, or under way.
        """
        case = self._cases.by_receipt(citizen, receipt)
        item = self._catalogue().items.get(case.item)
        with self._store.write() as session:
            step = step_of(session, case.id)
            if step is None or not isinstance(item, CompleteItem):
                return None
            lock(session, step.filing_id)
            if not may_be_done_again(session, step):
                raise CitizenError("utter_step_under_way", item=case.item_name)
            new = put_back(session, self._store.cipher, step, item, self._store.clock())
            return self._cases.view_in(session, new.id) if new else None

    def _view(self, session: Session, filing: Filing) -> FilingView:
        everyone = places(session, filing.id)
        numbers = {place.step.item: number for number, place in enumerate(everyone, 1)}
        granted = {place.step.item for place in everyone if place.granted}
        failed = {numbers[p.step.item] for p in everyone if p.failed or p.status == "withdrawing"}
        steps = []
        for place in everyone:
            after = place.step.after if place.status == WAITING else ()
            waits = tuple(numbers[name] for name in after if name not in granted)
            case = self._cases.view_in(session, place.case)
            steps.append(StepView(numbers[place.step.item], case, waits, tuple(n for n in waits if n in failed)))
        return FilingView(filing.id, filing.event, filing.name, tuple(steps))
