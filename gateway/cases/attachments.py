"""Attachments (附件): photos of documents, checked, kept sealed, sent with what they belong to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from connectors.bodies import Attachment as Sent
from connectors.registry import Connectors
from gateway.cases.pictures import read_picture
from gateway.cases.scanning import Scan
from gateway.catalogue.model import Catalogue
from gateway.errors import CitizenError
from gateway.store.store import Store
from gateway.store.tables import Attachment, Case, Draft, Submission

MOST = 10
"""Attachments of one application."""


@dataclass(frozen=True)
class Kept:
    """What became of an upload: for which item, and how many it has now."""

    item: str
    count: int


class Attachments:
    """Takes photos for the application that a citizen has open, or the supplement that is asked for."""

    def __init__(
        self, store: Store, connectors: Connectors, catalogue: Callable[[], Catalogue], scan: Scan,
        most_bytes: int,
    ) -> None:
        self._store = store
        self._connectors = connectors
        self._catalogue = catalogue
        self._scan = scan
        self.most_bytes = most_bytes

    def add(self, citizen: str, content: bytes) -> Kept:
        """Check and keep one photo.

        Raises:
            CitizenError: there is nothing open that it could be for, the department takes none, there are
                enough of them, or the photo itself cannot be used.
        """
        item, department, draft, case = self._open(citizen)
        if not self.taken_by(department):
            raise CitizenError("utter_attachment_not_wanted", item=item)
        picture = read_picture(content, self.most_bytes)
        self._scan(content)
        with self._store.write() as session:
            count = self._count(session, draft, case)
            if count >= MOST:
                raise CitizenError("utter_attachment_enough", most=MOST)
            session.add(
                Attachment(
                    citizen_id=citizen, draft_id=draft, case_id=case,
                    content_type=picture.content_type, ending=picture.ending, size=len(picture.content),
                    content_sealed=self._store.cipher.seal_bytes(picture.content),
                    created_at=self._store.clock(),
                )
            )
        return Kept(item, count + 1)

    def taken_by(self, department: str) -> bool:
        """Whether the department's system takes attachments."""
        connector = self._connectors.get(department)
        return connector is not None and bool(connector.manifest.sends.files)

    def of_draft(self, draft: str) -> int:
        """How many a draft has."""
        with self._store.read() as session:
            return self._count(session, draft, None)

    def _open(self, citizen: str) -> tuple[str, str, str | None, str | None]:
        """(item's name, department, draft, case) that a photo sent now is for: an application that is being
        filled in, else a supplement that is asked for."""
        with self._store.read() as session:
            draft = session.execute(
                select(Draft.id, Draft.item)
                .where(Draft.citizen_id == citizen, Draft.state == "open")
                .order_by(Draft.updated_at.desc()).limit(1)
            ).first()
            item = self._catalogue().items.get(draft.item) if draft else None
            if draft and item:
                return item.name, item.department, draft.id, None
            case = session.execute(
                select(Case.id, Case.item_name, Case.department)
                .where(Case.citizen_id == citizen, Case.status == "supplement")
                .order_by(Case.updated_at.desc()).limit(1)
            ).first()
        if case is None:
            raise CitizenError("utter_attachment_nowhere")
        return case.item_name, case.department, None, case.id

    @staticmethod
    def _count(session: Session, draft: str | None, case: str | None) -> int:
        mine = Attachment.draft_id == draft if draft else Attachment.case_id == case
        unsent = Attachment.submission_id.is_(None)
        return int(session.scalars(select(func.count()).select_from(Attachment).where(mine, unsent)).one())


def bind(session: Session, case: Case, submission: str) -> None:
    """What was sent for a draft, or for a supplement of the case, goes with this submission."""
    mine = (Attachment.case_id == case.id) | (Attachment.draft_id == case.draft_id)
    for row in session.scalars(select(Attachment).where(mine, Attachment.submission_id.is_(None))):
        row.case_id, row.submission_id = case.id, submission


def files_of(session: Session, store: Store, submission: str) -> list[Sent]:
    """The attachments of a submission, opened, in the order in which they were sent."""
    rows = session.scalars(
        select(Attachment).where(Attachment.submission_id == submission).order_by(
            Attachment.created_at, Attachment.id
        )
    ).all()
    return [
        Sent(f"{n}.{row.ending}", row.content_type, store.cipher.open_bytes(row.content_sealed))
        for n, row in enumerate(rows, 1)
    ]


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
