"""Attachments (附件): photos and PDFs of documents, checked, kept sealed, sent with what they belong to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from connectors.bodies import Attachment as Sent
from connectors.registry import Connectors
from gateway.cases import form
from gateway.cases.papers import ACCEPTED, Limits, megabytes, read_paper
from gateway.cases.scanning import Scan
from gateway.catalogue.model import Catalogue, Matter, ServiceItem
from gateway.errors import CitizenError
from gateway.store.store import Store
from gateway.store.tables import Attachment, Case, Draft, Submission

MOST = 9
"""Attachments of one application."""


@dataclass(frozen=True)
class Target:
    """What an upload is for: a draft (then perhaps its question ``element``), or a case that waits for a
    supplement. ``name`` is what people call it."""

    name: str
    department: str
    draft: str | None
    case: str | None
    element: str = ""
    most: int = MOST


@dataclass(frozen=True)
class Kept:
    """What became of an upload: for what, and how many files it has now."""

    target: Target
    count: int

    @property
    def full(self) -> bool:
        """Whether no more can be sent."""
        return self.count >= self.target.most


class Attachments:
    """Takes files for the application that a citizen has open, or the supplement that is asked for."""

    def __init__(
        self, store: Store, connectors: Connectors, catalogue: Callable[[], Catalogue], scan: Scan,
        most_bytes: int,
    ) -> None:
        self._store = store
        self._connectors = connectors
        self._catalogue = catalogue
        self._scan = scan
        self.most_bytes = most_bytes

    def add(self, citizen: str, content: bytes, receipt: str = "") -> Kept:
        """Check and keep one photo or PDF. ``receipt``: the case whose supplement is talked about.

        Raises:
            CitizenError: there is nothing open that it could be for, the department takes none, there are
                enough of them, or the file itself cannot be used.
        """
        target = self.wanted(citizen, receipt)
        paper = read_paper(content, self._limits(target.department))
        self._scan(content)
        with self._store.write() as session:
            # Two at once must not both be the last one.
            owner = session.get(Draft if target.draft else Case, target.draft or target.case, with_for_update=True)
            count = self._count(session, target.draft, target.case, target.element)
            whole = self._count(session, target.draft, target.case)
            if count >= target.most or whole >= MOST:
                raise CitizenError("utter_attachment_enough", name=target.name, most=min(count, target.most))
            session.add(
                Attachment(
                    citizen_id=citizen, draft_id=target.draft, case_id=target.case, element=target.element,
                    content_type=paper.content_type, ending=paper.ending, size=len(paper.content),
                    content_sealed=self._store.cipher.seal_bytes(paper.content),
                    created_at=self._store.clock(),
                )
            )
            if target.element:
                self._answer_grows(owner, target.element, count + 1)
        return Kept(target, count + 1)

    def wanted(self, citizen: str, receipt: str = "") -> Target:
        """What a file that is sent now is for.

        Raises:
            CitizenError: nothing that is open takes one.
        """
        target = self._open(citizen, receipt)
        if not self.taken_by(target.department):
            raise CitizenError("utter_attachment_not_wanted", item=target.name)
        return target

    def taken_by(self, department: str) -> bool:
        """Whether the department's system takes attachments."""
        connector = self._connectors.get(department)
        return connector is not None and bool(connector.manifest.sends.files)

    def allowed(self, department: str, most: int = MOST) -> dict[str, Any]:
        """What a file chooser has to know: how many, which kinds, how large."""
        limits = self._limits(department)
        return {
            "most": most, "accept": ACCEPTED, "megabytes": megabytes(limits.most_bytes),
            "pdf_megabytes": megabytes(min(limits.most_bytes, limits.fit_bytes)),
        }

    def of_draft(self, draft: str, element: str | None = None) -> int:
        """How many a draft has, or one question of it."""
        with self._store.read() as session:
            return self._count(session, draft, None, element)

    def of_case(self, case: str) -> int:
        """How many wait to go with the next supplement of a case."""
        with self._store.read() as session:
            return self._count(session, None, case)

    def clear(self, draft: str, element: str) -> None:
        """Delete what was sent for one question of an open draft."""
        with self._store.write() as session:
            session.execute(
                delete(Attachment).where(
                    Attachment.draft_id == draft, Attachment.element == element, Attachment.submission_id.is_(None)
                )
            )

    def _limits(self, department: str) -> Limits:
        connector = self._connectors.get(department)
        theirs = connector.manifest.sends.file_kilobytes * 1024 if connector else self.most_bytes
        return Limits(self.most_bytes, theirs)

    def _open(self, citizen: str, receipt: str) -> Target:
        """The supplement that is talked about, else an application that is being filled in, else a supplement
        that is asked for."""
        with self._store.read() as session:
            draft = session.execute(
                select(Draft.id, Draft.item, Draft.answers_sealed)
                .where(Draft.citizen_id == citizen, Draft.state == "open")
                .order_by(Draft.updated_at.desc()).limit(1)
            ).first()
            matter = self._catalogue().matter(draft.item) if draft else None
            cases = session.execute(
                select(Case.id, Case.item_name, Case.department, Case.receipt)
                .where(Case.citizen_id == citizen, Case.status == "supplement")
                .order_by(Case.updated_at.desc())
            ).all()
        case = next((c for c in cases if c.receipt == receipt), None)
        if case is None and draft and matter and (self.taken_by(self._department_of(matter)) or not cases):
            return self._of_draft(matter, draft.id, self._store.cipher.open(draft.answers_sealed))
        case = case or next(iter(cases), None)
        if case is None:
            raise CitizenError("utter_attachment_nowhere")
        return Target(case.item_name, case.department, None, case.id)

    def _of_draft(self, item: Matter, draft: str, answers: dict[str, str]) -> Target:
        """The first question for files that has no answer yet, else the last one."""
        elements = form.attachments_of(self._catalogue(), item, answers)
        if not elements:
            return Target(item.name, self._department_of(item), draft, None)
        chosen = next((e for e in elements if e.element not in answers), elements[-1])
        department = item.takers(chosen.element, answers)[0].department
        return Target(chosen.name, department, draft, None, chosen.element, int(chosen.max or MOST))

    def _answer_grows(self, draft: Draft, element: str, count: int) -> None:
        """A file that comes after its question was answered changes the answer."""
        answers = self._store.cipher.open(draft.answers_sealed)
        if element in answers:
            draft.answers_sealed = self._store.cipher.seal({**answers, element: str(count)})

    def _department_of(self, matter: Matter) -> str:
        """The department that gets the photos: of a life event, the first of its steps' that takes any."""
        if isinstance(matter, ServiceItem):
            return matter.department
        departments = [matter.items[step.item].department for step in matter.filed]
        return next((d for d in departments if self.taken_by(d)), departments[0])

    @staticmethod
    def _count(session: Session, draft: str | None, case: str | None, element: str | None = None) -> int:
        mine = Attachment.draft_id == draft if draft else Attachment.case_id == case
        query = select(func.count()).select_from(Attachment).where(mine, Attachment.submission_id.is_(None))
        if element:
            query = query.where(Attachment.element == element)
        return int(session.scalars(query).one())


def bind(session: Session, case: Case, submission: str) -> None:
    """What was sent for a draft, or for a supplement of the case, goes with this submission."""
    mine = (Attachment.case_id == case.id) | (Attachment.draft_id == case.draft_id)
    for row in session.scalars(select(Attachment).where(mine, Attachment.submission_id.is_(None))):
        row.case_id, row.submission_id = case.id, submission


def files_of(session: Session, store: Store, submission: str) -> list[Sent]:
    """The attachments of a submission, opened, in the order in which they were sent; each is named after the
    question that it answers."""
    rows = session.scalars(
        select(Attachment).where(Attachment.submission_id == submission).order_by(
            Attachment.created_at, Attachment.id
        )
    ).all()
    return [
        Sent(
            f"{row.element}-{n}.{row.ending}" if row.element else f"{n}.{row.ending}", row.content_type,
            store.cipher.open_bytes(row.content_sealed),
        )
        for n, row in enumerate(rows, 1)
    ]


def drop_unasked(session: Session, draft: str, answers: dict[str, str]) -> None:
    """Delete what was sent for questions that no longer apply, or were skipped in the end."""
    unasked = Attachment.element.not_in(["", *(e for e, value in answers.items() if value)])
    session.execute(delete(Attachment).where(Attachment.draft_id == draft, unasked))


def erase(session: Session, draft: str) -> None:
    """Delete the attachments of a draft that is given up or expired."""
    session.execute(
        delete(Attachment).where(Attachment.draft_id == draft, Attachment.submission_id.is_(None))
    )


def hand_on(session: Session, case: str, draft: str) -> None:
    """Give the attachments of a case that was refused to the draft that is opened again for it."""
    sent = select(Submission.id).where(Submission.case_id == case)
    session.execute(
        update(Attachment).where(Attachment.submission_id.in_(sent)).values(draft_id=draft, submission_id=None)
        .execution_options(synchronize_session=False)
    )


def hand_over(session: Session, draft: str, step: str, elements: Iterable[str]) -> None:
    """Give what was sent for these questions of a life event's draft, and for none, to the draft of a step whose
    department takes files."""
    session.execute(
        update(Attachment).where(
            Attachment.draft_id == draft, Attachment.submission_id.is_(None), Attachment.element.in_(["", *elements])
        ).values(draft_id=step).execution_options(synchronize_session=False)
    )
