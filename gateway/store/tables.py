"""The tables. Columns that end in ``_sealed`` hold what :class:`gateway.privacy.cipher.Cipher` sealed.

Nothing here holds an identity number, a phone, a name or the raw text of a turn in the clear.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, Optional

from sqlalchemy import (
    JSON,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import registry
from sqlalchemy.types import TypeDecorator

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
mapper = registry(metadata=MetaData(naming_convention=NAMES))
metadata = mapper.metadata
# Any, because SQLAlchemy 1.4 has no types: else every constructor looks wrong to mypy.
Row: Any = mapper.generate_base()


def new_id() -> str:
    """A random identifier of 32 hex digits."""
    return uuid.uuid4().hex


class Moment(TypeDecorator):
    """A point in time: aware in Python, UTC in the database."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: Optional[dt.datetime], dialect: Any) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(dt.timezone.utc).replace(tzinfo=None)

    def process_result_value(self, value: Optional[dt.datetime], dialect: Any) -> Any:
        return None if value is None else value.replace(tzinfo=dt.timezone.utc)


class Citizen(Row):
    """Somebody who writes to us, known by channel and sender only."""

    __tablename__ = "citizens"
    id = Column(String(32), primary_key=True, default=new_id)
    channel = Column(String(20), nullable=False)
    sender_digest = Column(String(64), nullable=False, unique=True)
    sender_sealed = Column(LargeBinary, nullable=False)
    created_at = Column(Moment, nullable=False)


class Tracker(Row):
    """The conversation's memory: one compact sealed snapshot a sender."""

    __tablename__ = "trackers"
    sender_digest = Column(String(64), primary_key=True)
    sender_sealed = Column(LargeBinary, nullable=False)
    snapshot_sealed = Column(LargeBinary, nullable=False)
    updated_at = Column(Moment, nullable=False)


class Draft(Row):
    """草稿: the answers so far of one application: of a service item, or of a life event (``item``).

    ``state``: open, submitted, dropped, expired. ``step_id``: the step of a filed life event for which it is
    filled in again.
    """

    __tablename__ = "drafts"
    id = Column(String(32), primary_key=True, default=new_id)
    citizen_id = Column(String(32), ForeignKey("citizens.id"), nullable=False)
    item = Column(String(60), nullable=False)
    step_id = Column(String(32))
    state = Column(String(10), nullable=False, default="open")
    answers_sealed = Column(LargeBinary, nullable=False)
    created_at = Column(Moment, nullable=False)
    updated_at = Column(Moment, nullable=False)
    __table_args__ = (Index("ix_drafts_citizen_state", "citizen_id", "state"),)


class Case(Row):
    """办件: a submitted application. ``status`` is one of gateway/cases/case_statuses.yml.

    The promised limit ends on ``due_on``; it counts in ``limit_unit`` and stands still since
    ``stopped_on``, if that is set. ``wanted_sealed`` is what the department asked to be supplemented,
    in its own words; ``asked_at`` is when it was last asked how the case stands. ``results_sealed`` is what it gave
    with a granted case, for the steps of a life event after it; ``visit_sealed`` is when and where a booked visit is.
    """

    __tablename__ = "cases"
    id = Column(String(32), primary_key=True, default=new_id)
    receipt = Column(String(20), nullable=False, unique=True)
    citizen_id = Column(String(32), ForeignKey("citizens.id"), nullable=False, index=True)
    draft_id = Column(String(32), ForeignKey("drafts.id"), unique=True)
    item = Column(String(60), nullable=False)
    item_name = Column(String(120), nullable=False)
    department = Column(String(40), nullable=False)
    status = Column(String(20), nullable=False)
    answers_sealed = Column(LargeBinary, nullable=False)
    department_reference = Column(String(80))
    due_on = Column(String(10))
    limit_unit = Column(String(20))
    stopped_on = Column(String(10))
    wanted_sealed = Column(LargeBinary)
    results_sealed = Column(LargeBinary)
    visit_sealed = Column(LargeBinary)
    asked_at = Column(Moment)
    created_at = Column(Moment, nullable=False)
    updated_at = Column(Moment, nullable=False)


class CaseEvent(Row):
    """One change of a case: when, by whom, and the sentence that the citizen reads."""

    __tablename__ = "case_events"
    id = Column(Integer, primary_key=True)
    case_id = Column(String(32), ForeignKey("cases.id"), nullable=False, index=True)
    at = Column(Moment, nullable=False)
    actor = Column(String(20), nullable=False)
    status = Column(String(20), nullable=False)
    sentence = Column(Text, nullable=False)


class Submission(Row):
    """提交: one durable order to tell a department about a case.

    ``state``: queued, sending, unknown, delivered, rejected, dead, cancelled. ``operation``: submit,
    book, supplement, withdraw. A worker owns the row until ``leased_until``; ``sent_at`` is when one
    last set out to send it, as opposed to asking what became of it. ``values_sealed`` is what it sends,
    where that is not the case's answers.
    """

    __tablename__ = "submissions"
    id = Column(String(32), primary_key=True, default=new_id)
    case_id = Column(String(32), ForeignKey("cases.id"), nullable=False, index=True)
    department = Column(String(40), nullable=False)
    operation = Column(String(20), nullable=False)
    idempotency_key = Column(String(64), nullable=False, unique=True)
    state = Column(String(10), nullable=False, default="queued")
    attempts = Column(Integer, nullable=False, default=0)
    due_at = Column(Moment, nullable=False)
    sent_at = Column(Moment)
    values_sealed = Column(LargeBinary)
    leased_until = Column(Moment)
    lease = Column(String(32))
    created_at = Column(Moment, nullable=False)
    updated_at = Column(Moment, nullable=False)
    __table_args__ = (Index("ix_submissions_state_due", "state", "due_at"),)


class Notice(Row):
    """What a citizen is to be told of a case at the next occasion. ``kind``: status, supplement,
    wanting (a step of a life event lacks what a department should have given), due_soon, overdue, rate. ``mark`` tells two of one kind apart, so that each is written once.
    """

    __tablename__ = "notices"
    id = Column(Integer, primary_key=True)
    citizen_id = Column(String(32), ForeignKey("citizens.id"), nullable=False)
    case_id = Column(String(32), ForeignKey("cases.id"), nullable=False)
    kind = Column(String(20), nullable=False)
    mark = Column(String(40), nullable=False)
    at = Column(Moment, nullable=False)
    told_at = Column(Moment)
    __table_args__ = (
        UniqueConstraint("case_id", "kind", "mark"),
        Index("ix_notices_citizen_told", "citizen_id", "told_at"),
    )


class Rating(Row):
    """好差评: one grade a case, 5 (very satisfied) to 1 (very dissatisfied)."""

    __tablename__ = "ratings"
    id = Column(String(32), primary_key=True, default=new_id)
    case_id = Column(String(32), ForeignKey("cases.id"), nullable=False, unique=True)
    item = Column(String(60), nullable=False)
    department = Column(String(40), nullable=False, index=True)
    grade = Column(Integer, nullable=False)
    at = Column(Moment, nullable=False, index=True)


class Certificate(Row):
    """The electronic document of a granted case. Whoever holds it can check ``code`` at /verify."""

    __tablename__ = "certificates"
    code = Column(String(20), primary_key=True)
    case_id = Column(String(32), ForeignKey("cases.id"), nullable=False, unique=True)
    facts_sealed = Column(LargeBinary, nullable=False)
    issued_at = Column(Moment, nullable=False)


class Attachment(Row):
    """附件: one photo or PDF, for a draft or for a case that waits for a supplement. It goes with
    ``submission_id`` once that is set. ``element``: the question that it answers; empty when none asked."""

    __tablename__ = "attachments"
    id = Column(String(32), primary_key=True, default=new_id)
    citizen_id = Column(String(32), ForeignKey("citizens.id"), nullable=False)
    draft_id = Column(String(32), ForeignKey("drafts.id"), index=True)
    case_id = Column(String(32), ForeignKey("cases.id"), index=True)
    submission_id = Column(String(32), ForeignKey("submissions.id"), index=True)
    element = Column(String(60), nullable=False, default="")
    content_type = Column(String(40), nullable=False)
    ending = Column(String(8), nullable=False)
    size = Column(Integer, nullable=False)
    content_sealed = Column(LargeBinary, nullable=False)
    created_at = Column(Moment, nullable=False)


class CallbackEvent(Row):
    """An event that a department told by itself; ``occurred_at`` by its clock."""

    __tablename__ = "callback_events"
    department = Column(String(40), primary_key=True)
    event = Column(String(80), primary_key=True)
    case_id = Column(String(32), ForeignKey("cases.id"), nullable=False, index=True)
    occurred_at = Column(Moment, nullable=False)
    at = Column(Moment, nullable=False)


class Attempt(Row):
    """One call made for a submission, with its outcome and no personal data. ``element``: which data
    element a refusal blames."""

    __tablename__ = "attempts"
    id = Column(Integer, primary_key=True)
    submission_id = Column(String(32), ForeignKey("submissions.id"), nullable=False, index=True)
    at = Column(Moment, nullable=False)
    operation = Column(String(20), nullable=False)
    outcome = Column(String(20), nullable=False)
    code = Column(String(80))
    element = Column(String(60))
    milliseconds = Column(Float, nullable=False)


class Audit(Row):
    """Who did or saw what. Written in the same transaction as the deed; never changed."""

    __tablename__ = "audit"
    id = Column(Integer, primary_key=True)
    at = Column(Moment, nullable=False, index=True)
    actor = Column(String(60), nullable=False)
    action = Column(String(40), nullable=False)
    target = Column(String(80))
    detail = Column(JSON, nullable=False, default=dict)
