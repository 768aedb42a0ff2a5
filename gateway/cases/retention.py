"""Retention: what is deleted by age. Drafts that were left, and attachments of ended cases."""

from __future__ import annotations

import datetime as dt
import logging

from sqlalchemy import delete, select

from gateway.cases.attachments import erase
from gateway.cases.statuses import statuses
from gateway.store.store import Store
from gateway.store.tables import Attachment, Case, Draft

log = logging.getLogger("yiwen.retention")

MOST_AT_ONCE = 200


class Retention:
    """``draft_days``: how long a draft is kept after its last answer; ``attachment_days``: how long an
    attachment is kept after its case has ended."""

    def __init__(self, store: Store, draft_days: int, attachment_days: int) -> None:
        self._store = store
        self.draft_days = draft_days
        self._attachment_days = attachment_days

    def go(self) -> None:
        """Delete what is over age."""
        self._expire_drafts()
        self._delete_attachments()

    def _expire_drafts(self) -> None:
        now = self._store.clock()
        old = now - dt.timedelta(days=self.draft_days)
        with self._store.write() as session:
            rows = session.scalars(
                select(Draft).where(Draft.state == "open", Draft.updated_at < old)
                .limit(MOST_AT_ONCE).with_for_update(skip_locked=True)
            ).all()
            for row in rows:
                row.state = "expired"
                row.answers_sealed = self._store.cipher.seal({})
                erase(session, row.id)
        if rows:
            log.info("%d drafts were left for %d days and are erased.", len(rows), self.draft_days)

    def _delete_attachments(self) -> None:
        old = self._store.clock() - dt.timedelta(days=self._attachment_days)
        final = [name for name, status in statuses().items() if status.final]
        ended = select(Case.id).where(Case.status.in_(final), Case.updated_at < old)
        with self._store.write() as session:
            gone = session.execute(
                delete(Attachment).where(Attachment.case_id.in_(ended))
                .execution_options(synchronize_session=False)
            ).rowcount
        if gone:
            log.info("%d attachments of cases that ended %d days ago are deleted.", gone, self._attachment_days)
