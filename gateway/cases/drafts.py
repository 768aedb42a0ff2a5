"""Drafts (草稿): answers kept, sealed, from the first one on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.cases import form
from gateway.cases.attachments import erase, hand_on
from gateway.cases.following import step_of
from gateway.cases.replacing import may_be_done_again
from gateway.catalogue.model import Catalogue, ElementType, Matter, Sensitivity, ServiceItem
from gateway.errors import CitizenError
from gateway.store.filing_tables import Filing
from gateway.store.store import Store
from gateway.store.tables import Attempt, Case, Draft, Submission

DRAFTS = Draft.__table__


@dataclass(frozen=True)
class DraftView:
    """One draft as actions see it. ``item``: the id of the service item or life event; ``answers``: element →
    normal form."""

    id: str
    item: str
    answers: dict[str, str] = field(default_factory=dict, repr=False)


class Drafts:
    """The drafts of citizens. Every method names the citizen, so nobody reaches another's."""

    def __init__(self, store: Store, catalogue: Callable[[], Catalogue]) -> None:
        self._store = store
        self._catalogue = catalogue

    def start(self, citizen: str, item: Matter) -> DraftView:
        """Open a draft for ``item``, or go on with the one that is open."""
        with self._store.write() as session:
            return self._view(self._open(session, citizen, item, self._store.clock()))

    def _open(
        self, session: Session, citizen: str, item: Matter, now: dt.datetime, step: str | None = None
    ) -> Any:
        """The open draft of ``item``, of that step of a filed life event if one is given; else a new one."""
        wanted = select(Draft).where(
            Draft.citizen_id == citizen, Draft.item == item.item, Draft.state == "open"
        ).order_by(Draft.updated_at.desc())
        row = session.scalars(wanted.where(Draft.step_id == step) if step else wanted).first()
        if row is None:
            row = Draft(
                citizen_id=citizen, item=item.item, state="open", step_id=step,
                answers_sealed=self._store.cipher.seal({}), created_at=now, updated_at=now,
            )
            session.add(row)
            session.flush()
        return row

    def load(self, citizen: str, draft: str) -> DraftView:
        """An open draft.

        Raises:
            CitizenError: it is not there, not this citizen's, or no longer open.
        """
        with self._store.read() as session:  # on the way of every answer: no mapped object
            row = session.execute(
                select(DRAFTS.c.id, DRAFTS.c.item, DRAFTS.c.answers_sealed).where(
                    DRAFTS.c.id == draft, DRAFTS.c.citizen_id == citizen, DRAFTS.c.state == "open"
                )
            ).first()
        if row is None or self._catalogue().matter(row.item) is None:
            raise CitizenError("utter_draft_gone")
        return self._view(row)

    def latest(self, citizen: str) -> DraftView | None:
        """The open draft that was touched last."""
        with self._store.read() as session:
            row = session.scalars(
                select(Draft)
                .where(Draft.citizen_id == citizen, Draft.state == "open")
                .order_by(Draft.updated_at.desc()).limit(1)
            ).first()
            if row is None or self._catalogue().matter(row.item) is None:
                return None
            return self._view(row)

    def expired(self, citizen: str) -> str | None:
        """The item of the newest draft, if that one was erased because nobody went on with it."""
        with self._store.read() as session:
            row = session.scalars(
                select(Draft).where(Draft.citizen_id == citizen)
                .order_by(Draft.updated_at.desc()).limit(1)
            ).first()
            return str(row.item) if row is not None and row.state == "expired" else None

    def answer(self, citizen: str, draft: str, element: str, value: str) -> DraftView:
        """Keep one answer. Answers to questions that no longer apply are dropped.

        A secret (口令) is never kept: it is in the returned view only.
        """
        catalogue = self._catalogue()
        with self._store.write() as session:
            row = self._row(session, citizen, draft)
            answers = form.without_stale(self._matter(row), {**self._answers(row), element: value})
            kept = {
                e: v for e, v in answers.items()
                if catalogue.elements[e].sensitivity is not Sensitivity.secret
            }
            row.answers_sealed = self._store.cipher.seal(kept)
            row.updated_at = self._store.clock()
            return DraftView(row.id, row.item, answers)

    def forget(self, citizen: str, draft: str, element: str) -> DraftView:
        """Drop one answer, so that it is asked again."""
        with self._store.write() as session:
            row = self._row(session, citizen, draft)
            answers = self._answers(row)
            answers.pop(element, None)
            row.answers_sealed = self._store.cipher.seal(answers)
            row.updated_at = self._store.clock()
            return DraftView(row.id, row.item, answers)

    def reopen(self, citizen: str, receipt: str) -> tuple[DraftView, str] | None:
        """A new draft with the answers of a case that the department refused to take, without the
        one that it blames; and which element that is (empty when it blames none). What was left out
        before stays left out, an appointment's time is asked again. A step of a life event may be done
        again after any end but a grant; the new case takes its place.

        None when the case was not refused, or its item cannot be applied for any more.
        """
        catalogue, now = self._catalogue(), self._store.clock()
        with self._store.write() as session:
            case = session.scalars(select(Case).where(Case.receipt == receipt, Case.citizen_id == citizen)).first()
            item = catalogue.items.get(case.item) if case else None
            step = step_of(session, case.id) if case else None
            if case is None or item is None or not (case.status == "not_accepted" or step):
                return None
            if step and not may_be_done_again(session, step):
                return None
            blamed = session.scalars(
                select(Attempt.element).join(Submission, Submission.id == Attempt.submission_id)
                .where(Submission.case_id == case.id).order_by(Attempt.id.desc()).limit(1)
            ).first()
            given = {**self._fixed(session, step), **self._store.cipher.open(case.answers_sealed)}
            kept = _to_ask_again(catalogue, item, given, blamed or "")
            row = self._open(session, citizen, item, now, step.id if step else None)
            row.answers_sealed, row.updated_at = self._store.cipher.seal(kept), now
            hand_on(session, case.id, row.id)
            return self._view(row), blamed if blamed in {f.element for f in item.fields} else ""

    def _fixed(self, session: Session, step: Any) -> dict[str, str]:
        """The answers of a step that people were never asked, as the life event has them now."""
        filing = session.get(Filing, step.filing_id) if step else None
        event = self._catalogue().events.get(filing.event) if filing else None
        own = event.step(step.item) if event else None
        return dict(own.fixed) if own else {}

    def drop(self, citizen: str, draft: str) -> None:
        """Give a draft up: its answers are erased at once."""
        with self._store.write() as session:
            row = session.get(Draft, draft)
            if row is not None and row.citizen_id == citizen and row.state == "open":
                row.state = "dropped"
                erase(session, row.id)
                row.answers_sealed = self._store.cipher.seal({})
                row.updated_at = self._store.clock()

    def _row(self, session: Session, citizen: str, draft: str) -> Draft:
        row = session.get(Draft, draft)
        known = row is not None and row.citizen_id == citizen and row.state == "open"
        if not known or self._catalogue().matter(row.item) is None:
            raise CitizenError("utter_draft_gone")
        return row

    def _matter(self, row: Any) -> Matter:
        matter = self._catalogue().matter(row.item)
        if matter is None:
            raise CitizenError("utter_draft_gone")
        return matter

    def _answers(self, row: Any) -> dict[str, str]:
        answers: dict[str, str] = self._store.cipher.open(row.answers_sealed)
        matter = self._catalogue().matter(row.item)
        return form.without_stale(matter, answers) if matter else answers

    def _view(self, row: Any) -> DraftView:
        return DraftView(row.id, row.item, self._answers(row))


def _to_ask_again(
    catalogue: Catalogue, item: ServiceItem, given: Mapping[str, str], blamed: str
) -> dict[str, str]:
    """The answers of a case as a draft holds them, without those that have to be asked again."""
    kept = {
        e: v for e, v in given.items()
        if e != blamed and e in catalogue.elements and catalogue.elements[e].type is not ElementType.slot
    }
    left_out = [
        f.element for f in form.asked_fields(item, given) if not f.required and f.element not in given
        and catalogue.elements[f.element].type is not ElementType.attachment  # its files are there; asked again
    ]
    return {**kept, **{element: form.SKIPPED for element in left_out if element != blamed}}
