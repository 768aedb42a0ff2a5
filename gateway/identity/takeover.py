"""What a person who signs in takes over from the conversation in which they did."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gateway.store.filing_tables import Filing, FilingStep
from gateway.store.store import Store
from gateway.store.tables import Attachment, Case, Draft, Notice

OPEN = "open"


def take_over(session: Session, store: Store, before: str, person: str, id_number: str) -> str | None:
    """Give open drafts to the person, and cases that were filed with the person's own number; of a life event
    all cases, if one of them was.

    ``before`` is the citizen that the sender was until now. Other cases stay with the conversation: a
    computer may have been used by somebody else.

    Returns:
        The id of the draft that was touched last, to go on with; None when there was none.
    """
    drafts = session.scalars(
        select(Draft).where(Draft.citizen_id == before, Draft.state == OPEN).order_by(Draft.updated_at.desc())
    ).all()
    goes_on = [_take_draft(session, store, draft, person) for draft in drafts]
    cases = session.scalars(select(Case).where(Case.citizen_id == before)).all()
    own = {
        case.id for case in cases
        if id_number and store.cipher.open(case.answers_sealed).get("id_number") == id_number
    }
    own |= _take_filings(session, before, person, own)
    for case in (case for case in cases if case.id in own):
        case.citizen_id = person
        session.execute(update(Attachment).where(Attachment.case_id == case.id).values(citizen_id=person))
        session.execute(update(Notice).where(Notice.case_id == case.id).values(citizen_id=person))
    return goes_on[0] if goes_on else None


def _take_filings(session: Session, before: str, person: str, own: set[str]) -> set[str]:
    """Give life events with one of these cases to the person; the cases of all their steps."""
    taken: set[str] = set()
    for filing in session.scalars(select(Filing).where(Filing.citizen_id == before)):
        steps = set(session.scalars(select(FilingStep.case_id).where(FilingStep.filing_id == filing.id)))
        if steps & own:
            filing.citizen_id = person
            taken |= steps
    return taken


def _take_draft(session: Session, store: Store, draft: Draft, person: str) -> str:
    """The draft that the person goes on with: this one, or an own one with answers of the same item."""
    own = session.scalars(
        select(Draft).where(Draft.citizen_id == person, Draft.item == draft.item, Draft.state == OPEN)
    ).first()
    if own is None:
        draft.citizen_id, draft.updated_at = person, store.clock()
        _move_photos(session, draft.id, draft.id, person)
        return str(draft.id)
    kept, fresh = store.cipher.open(own.answers_sealed), store.cipher.open(draft.answers_sealed)
    own.answers_sealed, own.updated_at = store.cipher.seal({**kept, **fresh}), store.clock()
    draft.state, draft.answers_sealed = "dropped", store.cipher.seal({})
    _move_photos(session, draft.id, own.id, person)
    return str(own.id)


def _move_photos(session: Session, draft: str, to: str, person: str) -> None:
    """Photos of documents belong to whoever goes on with the draft."""
    session.execute(
        update(Attachment).where(Attachment.draft_id == draft).values(draft_id=to, citizen_id=person)
    )
