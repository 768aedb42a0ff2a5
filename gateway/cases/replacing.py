"""A step of a life event done again: the new case takes the place of the one that was refused or withdrawn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from sqlalchemy.orm import Session

from gateway.cases.following import Place, lock, places, waiting_sentence
from gateway.cases.history import add_event
from gateway.cases.opening import WAITING, open_case, queue
from gateway.catalogue.model import CompleteItem
from gateway.errors import CitizenError
from gateway.privacy.cipher import Cipher
from gateway.store.consent_tables import Representation
from gateway.store.filing_tables import FilingStep
from gateway.store.tables import Case, Draft


def may_be_done_again(session: Session, step: FilingStep) -> bool:
    """Whether the case in that place has failed, or waits for something that only its citizen can give."""
    everyone = places(session, step.filing_id)
    own = next(p for p in everyone if p.step.id == step.id)
    return own.failed or (own.status == WAITING and not _waits_for(everyone, step))


def take_place(
    session: Session, cipher: Cipher, draft: Draft, item: CompleteItem, given: Mapping[str, str], now: dt.datetime
) -> Case:
    """The case of a draft that is filled in again for a step: sent, or waiting as the one before it did.

    Raises:
        CitizenError: the step is under way again already.
    """
    step = session.get(FilingStep, draft.step_id)
    lock(session, step.filing_id)
    session.refresh(step)
    if not may_be_done_again(session, step):
        raise CitizenError("utter_step_under_way", item=item.name)
    everyone = places(session, step.filing_id)
    before, waits = session.get(Case, step.case_id), _waits_for(everyone, step)
    case = open_case(
        session, cipher, draft.citizen_id, draft.id, item, given, now,
        status=WAITING if waits else "submitted", sentence=waiting_sentence(waits) if waits else "",
    )
    if not waits:
        queue(session, cipher, case, "submit", now)
    if before.status == WAITING:
        before.status = "withdrawn"
        add_event(session, before, "citizen", f"补好了，换成了新的一件，编号 {case.receipt}。", now)
    step.case_id = case.id
    session.flush()
    _tell_those_after(session, everyone, step, now)
    return case


def put_back(session: Session, cipher: Cipher, step: FilingStep, item: CompleteItem, now: dt.datetime) -> Case | None:
    """A case that was withdrawn while it waited, waiting again with the same answers; None when it was sent,
    or need not wait any more: then it is filled in again."""
    everyone = places(session, step.filing_id)
    before, waits = session.get(Case, step.case_id), _waits_for(everyone, step)
    if not waits or before.status != "withdrawn" or before.due_on:  # the limit of one that was sent had begun
        return None
    own = Draft(
        citizen_id=before.citizen_id, item=item.item, state="submitted", answers_sealed=cipher.seal({}),
        created_at=now, updated_at=now,
    )
    session.add(own)
    session.flush()
    _hand_on_agent(session, before.draft_id, own.id, now)
    case = open_case(
        session, cipher, before.citizen_id, own.id, item, cipher.open(before.answers_sealed), now,
        status=WAITING, sentence=waiting_sentence(waits),
    )
    step.case_id = case.id
    session.flush()
    _tell_those_after(session, everyone, step, now)
    return case


def _hand_on_agent(session: Session, before: str, draft: str, now: dt.datetime) -> None:
    """Who acts for whom stands with the draft, and is the same for the case that is put back."""
    row = session.get(Representation, before)
    if row is not None:
        session.add(Representation(
            draft_id=draft, citizen_id=row.citizen_id, relation=row.relation, basis=row.basis,
            agent_sealed=row.agent_sealed, at=now,
        ))


def _waits_for(everyone: list[Place], step: FilingStep) -> list[str]:
    """Names of the steps that have to be granted first."""
    return [p.step.item_name for p in everyone if p.step.item in step.after and not p.granted]


def _tell_those_after(session: Session, everyone: list[Place], step: FilingStep, now: dt.datetime) -> None:
    for place in everyone:
        if step.item in place.step.after and place.status == WAITING:
            add_event(
                session, session.get(Case, place.case), "gateway",
                f"“{step.item_name}”重新交了，它办好，这件就自动送去。", now,
            )
