"""Consents (授权): asked once for an application, kept, good for a time, and taken back at any moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.cases import form
from gateway.catalogue.model import Catalogue, Element, Matter
from gateway.store.consent_tables import Consent, SharingEntry
from gateway.store.store import Store
from gateway.store.tables import Draft

GRANTED, REFUSED = "granted", "refused"
USED = "used"


@dataclass(frozen=True)
class ConsentView:
    """What was decided for one application. ``open`` are the elements that may still be fetched."""

    id: str
    decision: str
    open: tuple[str, ...]


def sourced(catalogue: Catalogue, item: Matter) -> list[Element]:
    """The elements of an item that a department holds for certain, in the order in which they are asked."""
    elements = (catalogue.elements[field.element] for field in item.fields)
    return [element for element in elements if element.source is not None]


class Consents:
    """The consents of citizens. Every method names the citizen, so nobody reaches another's."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def decided(self, citizen: str, draft: str) -> ConsentView | None:
        """What the citizen decided for that draft; None when it was not asked yet."""
        with self._store.read() as session:
            row = session.scalars(
                select(Consent).where(Consent.draft_id == draft, Consent.citizen_id == citizen)
            ).first()
        if row is None:
            return None
        good = row.decision == GRANTED and row.revoked_at is None and row.expires_at > self._store.clock()
        left = tuple(e for e in row.elements if e not in row.tried) if good else ()
        return ConsentView(row.id, row.decision, left)

    def decide(
        self, citizen: str, draft: str, item: Matter, elements: Sequence[Element], *, granted: bool
    ) -> ConsentView:
        """Keep a decision. It is good until the shortest of the elements' times is over."""
        now = self._store.clock()
        days = min(e.source.valid_days for e in elements if e.source)
        row = Consent(
            citizen_id=citizen, draft_id=draft, item=item.item, elements=[e.element for e in elements],
            tried=[], decision=GRANTED if granted else REFUSED, decided_at=now,
            expires_at=now + dt.timedelta(days=days),
        )
        with self._store.write() as session:
            session.add(row)
            session.flush()
            return ConsentView(row.id, row.decision, tuple(row.elements) if granted else ())

    def revoke(self, citizen: str) -> int:
        """Take all consents of the citizen back. Fetched answers leave the open drafts: they are asked then.

        Returns:
            How many there were.
        """
        now = self._store.clock()
        with self._store.write() as session:
            rows = session.scalars(
                select(Consent).where(
                    Consent.citizen_id == citizen, Consent.decision == GRANTED,
                    Consent.revoked_at.is_(None), Consent.expires_at > now,
                ).with_for_update()
            ).all()
            for row in rows:
                row.revoked_at = now
                self._forget_fetched(session, row)
            return len(rows)

    def _forget_fetched(self, session: Session, consent: Consent) -> None:
        draft = session.get(Draft, consent.draft_id)
        if draft is None or draft.state != "open":
            return
        fetched = session.scalars(
            select(SharingEntry.element).where(SharingEntry.consent_id == consent.id, SharingEntry.outcome == USED)
        ).all()
        answers = self._store.cipher.open(draft.answers_sealed)
        kept = {element: value for element, value in answers.items() if element not in fetched}
        draft.answers_sealed = self._store.cipher.seal(kept)


def wanted(catalogue: Catalogue, item: Matter, answers: dict[str, str]) -> list[Element]:
    """The elements that could be fetched instead of asked, those behind an open choice too."""
    open_now = {f.element for f in form.asked_fields(item, answers)}
    depends = {f.element for f in item.fields if f.when and f.when.element not in answers}
    return [
        e for e in sourced(catalogue, item)
        if e.element not in answers and e.element in open_now | depends
    ]
