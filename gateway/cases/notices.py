"""Notices: what a citizen is to hear without asking. Each is told once, at the next occasion."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gateway.store.identity_tables import Identity, SignedIn
from gateway.store.staff_tables import Conversation
from gateway.store.tables import Case, Citizen, Notice

MOST_AT_ONCE = 3
MOST_SENDERS = 200
ORDER = ("supplement", "wanting", "status", "overdue", "due_soon", "rate")
"""What is most urgent comes first; a rating is asked for last."""


@dataclass(frozen=True)
class Told:
    """One notice on its way to the citizen."""

    kind: str
    case_id: str


def add_notice(session: Session, case: Case, kind: str, mark: str, now: dt.datetime) -> bool:
    """Note something to tell; False when the same was noted before."""
    known = session.scalars(
        select(Notice.id).where(
            Notice.case_id == case.id, Notice.kind == kind, Notice.mark == mark
        )
    ).first()
    if known is not None:
        return False
    session.add(
        Notice(citizen_id=case.citizen_id, case_id=case.id, kind=kind, mark=mark, at=now)
    )
    return True


def take(session: Session, citizen: str, now: dt.datetime) -> list[Told]:
    """What is to be told now, the most urgent first; it counts as told when the transaction commits.

    Of one case only the newest of a kind is told: the rest is old news.
    """
    rows = session.execute(
        select(Notice.id, Notice.kind, Notice.case_id)
        .where(Notice.citizen_id == citizen, Notice.told_at.is_(None))
        .order_by(Notice.id).with_for_update(skip_locked=True)  # another process may be telling them now
    ).all()
    if not rows:
        return []
    newest = {(row.case_id, _topic(row.kind)): row for row in rows}
    chosen = sorted(newest.values(), key=lambda row: ORDER.index(row.kind))[:MOST_AT_ONCE]
    topics = {(row.case_id, _topic(row.kind)) for row in chosen}
    ids = [row.id for row in rows if (row.case_id, _topic(row.kind)) in topics]
    session.execute(update(Notice).where(Notice.id.in_(ids)).values(told_at=now))
    return [Told(kind=row.kind, case_id=row.case_id) for row in chosen]


def are_waiting(session: Session, citizen: str) -> bool:
    """Whether there is anything to tell."""
    waiting = select(Notice.id).where(Notice.citizen_id == citizen, Notice.told_at.is_(None)).limit(1)
    return session.scalars(waiting).first() is not None


def give_back(session: Session, citizen: str, told_at: dt.datetime) -> None:
    """What was taken at that moment did not reach the citizen: it waits again."""
    session.execute(
        update(Notice).where(Notice.citizen_id == citizen, Notice.told_at == told_at).values(told_at=None)
    )


def senders_to_tell(session: Session, channel: str, since: dt.datetime, now: dt.datetime) -> list[bytes]:
    """The sealed senders of a channel for whom something waits and who wrote themselves after ``since``:
    the citizens' own, and those signed in as the person."""
    wrote = select(Conversation.citizen_id).where(
        Conversation.channel == channel, Conversation.last_turn_at > since
    )
    waits = select(Notice.citizen_id).where(Notice.told_at.is_(None), Notice.citizen_id.in_(wrote))
    signed_in = (
        select(SignedIn.sender_digest).join(Identity, Identity.id == SignedIn.identity_id)
        .where(Identity.citizen_id.in_(waits), SignedIn.until > now)
    )
    return list(session.scalars(
        select(Citizen.sender_sealed)
        .where(Citizen.channel == channel, Citizen.id.in_(waits) | Citizen.sender_digest.in_(signed_in))
        .limit(MOST_SENDERS)
    ))


def seen(session: Session, case_id: str, now: dt.datetime) -> None:
    """The citizen just read how the case stands: nothing of that is left to tell but the rating."""
    session.execute(
        update(Notice)
        .where(Notice.case_id == case_id, Notice.kind != "rate", Notice.told_at.is_(None))
        .values(told_at=now)
    )


def _topic(kind: str) -> str:
    return kind if kind == "rate" else "case"
