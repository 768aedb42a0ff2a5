"""Reading and judging conversations (会话): what staff do with the turn log.

Everything here is masked already. Whoever looks at a transcript leaves an audit row, written in
the transaction that reads it. All calls block.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.conversations.views import (
    PAGE_SIZE,
    CaseLine,
    ConversationLine,
    Counts,
    Filters,
    HandOffLine,
    Page,
    Transcript,
    TurnView,
)
from gateway.errors import StaffError
from gateway.store.staff_tables import Conversation, HandOff, StaffUser, Turn
from gateway.store.store import Store
from gateway.store.tables import Audit, Case, Submission

MOST_HAND_OFFS = 200
LONGEST_NOTE = 500
LOW_CONFIDENCE = 0.6
# China keeps one time and no summer time, so its days need no time zone database.
CHINA_TIME = dt.timezone(dt.timedelta(hours=8), "UTC+8")
UNDELIVERED = ("queued", "sending", "unknown", "rejected", "dead")

Verdict = Literal["right", "wrong"]


class Review:
    """The turn log as staff work with it. ``mask`` is applied to notes before they are kept."""

    def __init__(self, store: Store, mask: Callable[[str], str]) -> None:
        self._store = store
        self._mask = mask

    def find(self, filters: Filters, page: int = 1) -> Page[ConversationLine]:
        """The conversations that meet all ``filters``, newest first, 50 a page."""
        conditions = _conditions(filters)
        listed = (
            sa.select(Conversation).where(*conditions)
            .order_by(Conversation.started_at.desc(), Conversation.id.desc())
            .limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)
        )
        counted = sa.select(sa.func.count()).select_from(Conversation).where(*conditions)
        with self._store.read() as session:
            total = session.scalar(counted)
            rows = session.scalars(listed).all()
            reviewed = _reviewed(session, [row.id for row in rows])
        lines = [_line(row, reviewed.get(row.id, 0)) for row in rows]
        return Page(lines, page, total)

    def transcript(self, conversation_id: str, staff_id: str) -> Transcript | None:
        """A conversation for the member of staff who asks, with an audit row; None if unknown."""
        turns = (
            sa.select(Turn, StaffUser.name)
            .outerjoin(StaffUser, Turn.verdict_by == StaffUser.id)
            .where(Turn.conversation_id == conversation_id).order_by(Turn.number)
        )
        with self._store.write() as session:
            conversation = session.get(Conversation, conversation_id)
            if conversation is None:
                return None
            self._audit(session, staff_id, "view_transcript", conversation_id)
            rows = session.execute(turns).all()
            cases = _cases(session, {turn.case_id for turn, _ in rows if turn.case_id})
        reviewed = sum(1 for turn, _ in rows if turn.verdict)
        views = [_turn(turn, judge, cases.get(turn.case_id)) for turn, judge in rows]
        return Transcript(_line(conversation, reviewed), views)

    def judge(
        self, turn_id: int, staff_id: str, verdict: Verdict, note: str = ""
    ) -> tuple[str, int] | None:
        """Mark a turn as right or wrong; a later verdict replaces an earlier one.

        Returns the conversation's id and the turn's number, None when there is no such turn.

        Raises:
            StaffError: the note has more than 500 characters.
        """
        if len(note) > LONGEST_NOTE:
            raise StaffError(f"备注最多 {LONGEST_NOTE} 字，现在有 {len(note)} 字，请改短些。")
        with self._store.write() as session:
            turn = session.get(Turn, turn_id)
            if turn is None:
                return None
            was = turn.verdict
            turn.verdict, turn.verdict_by = verdict, staff_id
            turn.verdict_note = self._mask(note) or None
            turn.verdict_at = self._store.clock()
            detail = {"turn": turn.number, "verdict": verdict, **({"was": was} if was else {})}
            self._audit(session, staff_id, "judge_turn", turn.conversation_id, detail)
            return turn.conversation_id, turn.number

    def hand_offs(self, open_only: bool = True) -> list[HandOffLine]:
        """Requests for a human: open ones by waiting time, else all, newest first. At most 200."""
        order = HandOff.at.asc() if open_only else HandOff.at.desc()
        query = (
            sa.select(HandOff, Conversation.channel, StaffUser.name)
            .outerjoin(Conversation, HandOff.conversation_id == Conversation.id)
            .outerjoin(StaffUser, HandOff.settled_by == StaffUser.id)
            .order_by(order).limit(MOST_HAND_OFFS)
        )
        if open_only:
            query = query.where(HandOff.settled_at.is_(None))
        with self._store.read() as session:
            return [
                HandOffLine(
                    id=h.id, at=h.at, conversation=h.conversation_id, channel=channel,
                    item=h.item, settled_at=h.settled_at, settled_by=name,
                )
                for h, channel, name in session.execute(query)
            ]

    def settle_hand_off(self, hand_off_id: int, staff_id: str) -> bool:
        """Mark a request as dealt with. False when there is no such request.

        Settling one that is settled already changes nothing: the first member of staff stays.
        """
        with self._store.write() as session:
            hand_off = session.get(HandOff, hand_off_id, with_for_update=True)
            if hand_off is None:
                return False
            if hand_off.settled_at is None:
                hand_off.settled_at, hand_off.settled_by = self._store.clock(), staff_id
                self._audit(session, staff_id, "settle_hand_off", str(hand_off_id))
            return True

    def counts(self) -> Counts:
        """What the overview shows; days are days in China."""
        today = self._store.clock().astimezone(CHINA_TIME).date()
        low = Filters(confidence_below=LOW_CONFIDENCE, unreviewed=True)
        waiting = sa.select(sa.func.count()).where(HandOff.settled_at.is_(None))
        states = (
            sa.select(Submission.state, sa.func.count())
            .where(Submission.state.in_(UNDELIVERED)).group_by(Submission.state)
        )
        with self._store.read() as session:
            return Counts(
                conversations_today=_count(session, Filters(date_from=today)),
                hand_offs_waiting=session.scalar(waiting),
                low_confidence_unreviewed=_count(session, low),
                undelivered=dict(session.execute(states).all()),
            )

    def _audit(
        self, session: Session, staff_id: str, action: str, target: str,
        detail: dict[str, Any] | None = None,
    ) -> None:
        user = session.get(StaffUser, staff_id)
        session.add(Audit(
            at=self._store.clock(), actor=user.name if user else staff_id, action=action,
            target=target, detail=detail or {},
        ))


def _conditions(filters: Filters) -> list[Any]:
    c, found = Conversation, []
    if filters.date_from:
        found.append(c.started_at >= _midnight(filters.date_from))
    if filters.date_to:
        found.append(c.started_at < _midnight(filters.date_to + dt.timedelta(days=1)))
    for column, wanted in (
        (c.department, filters.department), (c.item, filters.item), (c.outcome, filters.outcome)
    ):
        if wanted:
            found.append(column == wanted)
    if filters.confidence_below is not None:
        found.append(c.least_confidence < filters.confidence_below)
    if filters.handed_off:
        found.append(c.handed_off.is_(True))
    if filters.unreviewed:
        judged = sa.exists().where(Turn.conversation_id == c.id, Turn.verdict.is_not(None))
        found.append(~judged)
    return found


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), CHINA_TIME)


def _count(session: Session, filters: Filters) -> int:
    query = sa.select(sa.func.count()).select_from(Conversation).where(*_conditions(filters))
    return int(session.scalar(query))


def _reviewed(session: Session, ids: list[str]) -> dict[str, int]:
    query = (
        sa.select(Turn.conversation_id, sa.func.count())
        .where(Turn.conversation_id.in_(ids), Turn.verdict.is_not(None))
        .group_by(Turn.conversation_id)
    )
    return dict(session.execute(query).all()) if ids else {}


def _cases(session: Session, ids: set[str]) -> dict[str, CaseLine]:
    if not ids:
        return {}
    query = sa.select(Case.id, Case.receipt, Case.item_name, Case.status).where(Case.id.in_(ids))
    return {
        row.id: CaseLine(row.receipt, row.item_name, row.status)
        for row in session.execute(query)
    }


def _line(row: Conversation, reviewed: int) -> ConversationLine:
    return ConversationLine(
        id=row.id, at=row.started_at, channel=row.channel, department=row.department,
        item=row.item, outcome=row.outcome, least_confidence=row.least_confidence,
        turns=row.turn_count, reviewed=reviewed, handed_off=row.handed_off,
    )


def _turn(row: Turn, judge: str | None, case: CaseLine | None) -> TurnView:
    return TurnView(
        id=row.id, number=row.number, at=row.at, text=row.text_masked,
        replies=row.replies_masked, act=row.act, confidence=row.confidence, aspect=row.aspect,
        item=row.item, candidates=row.candidates, actions=row.actions, case=case,
        state=row.state, milliseconds=row.milliseconds, verdict=row.verdict,
        note=row.verdict_note, judge=judge, judged_at=row.verdict_at,
    )
