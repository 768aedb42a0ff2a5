"""What becomes of a step of a life event (一件事) when one before it ends: sent, or kept with the reason.

It runs in the transaction that ends the step before, so no crash comes between the two.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.cases.calendar import due_day, local_day
from gateway.cases.history import add_event
from gateway.cases.notices import add_notice
from gateway.cases.opening import WAITING, queue
from gateway.cases.statuses import statuses
from gateway.catalogue.model import Limit, Unit
from gateway.privacy.cipher import Cipher
from gateway.store.filing_tables import Filing, FilingStep
from gateway.store.tables import Case

GRANTED = "done_granted"
LONGEST_RESULT = 200  # characters of one value that a department gives


@dataclass(frozen=True)
class Place:
    """One step of a filing with the case that stands there."""

    step: FilingStep
    case: str
    status: str

    @property
    def granted(self) -> bool:
        """Whether the steps after it need not wait for it any more."""
        return self.status == GRANTED

    @property
    def failed(self) -> bool:
        """Whether it has ended otherwise: refused, or withdrawn."""
        return statuses()[self.status].final and not self.granted


def step_of(session: Session, case: str) -> FilingStep | None:
    """The step in whose place the case stands; None for a case of its own, or one that was replaced."""
    return session.scalars(select(FilingStep).where(FilingStep.case_id == case)).first()


def lock(session: Session, filing: str) -> None:
    """Let nobody else move a step of this filing until the transaction ends."""
    session.execute(select(Filing.id).where(Filing.id == filing).with_for_update())


def places(session: Session, filing: str) -> list[Place]:
    """All steps of a filing as they stand now, in order."""
    rows = session.execute(
        select(FilingStep, Case.id, Case.status).join(Case, Case.id == FilingStep.case_id)
        .where(FilingStep.filing_id == filing).order_by(FilingStep.position)
    ).all()
    return [Place(step, case, status) for step, case, status in rows]


def follow(session: Session, cipher: Cipher, case: Case, now: dt.datetime) -> None:
    """A case has ended: move the steps that wait for it, if it is one of a life event."""
    own = step_of(session, case.id)
    if own is None:
        return
    lock(session, own.filing_id)
    everyone = places(session, own.filing_id)
    granted = {p.step.item for p in everyone if p.granted}
    for place in everyone:
        if place.status != WAITING or own.item not in place.step.after:
            continue
        waiting = session.get(Case, place.case)
        if case.status != GRANTED:
            add_event(session, waiting, "gateway", held_sentence(own.item_name), now)
        elif set(place.step.after) <= granted:
            release(session, cipher, waiting, place.step, everyone, now)
        else:
            left = [p.step.item_name for p in everyone if p.step.item in place.step.after and not p.granted]
            add_event(session, waiting, "gateway", waiting_sentence(left), now)


def release(
    session: Session, cipher: Cipher, case: Case, step: FilingStep, everyone: Sequence[Place], now: dt.datetime
) -> bool:
    """Send a step that waits for nothing any more, with what the departments before it gave; False when one
    of them did not give what it needs: then people are asked for it."""
    answers: dict[str, str] = cipher.open(case.answers_sealed)
    for element, source in step.takes.items():
        value = answers.get(element) or _given(session, cipher, everyone, source)
        if not value:
            sentence = f"前面的办好了，可是部门没有给{source['name']}。您补上这一项，就接着送。"
            add_event(session, case, "gateway", sentence, now)
            add_notice(session, case, "wanting", "", now)
            return False
        answers[element] = value
    today = local_day(now)
    limit = Limit(n=step.limit_n, unit=next(u for u in Unit if u.value == step.limit_unit))
    case.answers_sealed, case.status = cipher.seal(answers), "submitted"
    case.due_on = due_day(today, limit).isoformat()
    add_event(session, case, "gateway", "前面的办好了，这件正在送往部门。", now)
    queue(session, cipher, case, "submit", now)
    return True


def waiting_sentence(names: Sequence[str], why: str = "") -> str:
    """What a step waits for, as its citizen reads it."""
    reason = f"，{why}" if why else ""
    return f"要等{'、'.join(f'“{name}”' for name in names)}办好{reason}。到时自动送去，不用您管。"


def held_sentence(name: str) -> str:
    """Why a step that waits does not go on."""
    return f"要等“{name}”办好才能送，可是它没有办成。重新申请它，这件就接着办。"


def _given(session: Session, cipher: Cipher, everyone: Sequence[Place], source: dict[str, str]) -> str:
    place = next((p for p in everyone if p.step.item == source["item"]), None)
    sealed = session.get(Case, place.case).results_sealed if place else None
    results: dict[str, str] = cipher.open(sealed) if sealed else {}
    return results.get(source["element"], "").strip()[:LONGEST_RESULT]
