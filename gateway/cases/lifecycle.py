"""The life of a case: one function changes its status, whoever brings the news.

News comes from answers to our calls, from callbacks and from looking it up; early, late, twice or out of
order. What it may change is decided here and nowhere else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from sqlalchemy.orm import Session

from gateway.cases.calendar import local_day, moved
from gateway.cases.certificates import issue
from gateway.cases.following import follow
from gateway.cases.history import add_event
from gateway.cases.notices import add_notice
from gateway.cases.statuses import statuses
from gateway.catalogue.model import Unit
from gateway.privacy.cipher import Cipher
from gateway.store.tables import Case

AFTER_SUPPLEMENT = frozenset({"accepted", "in_progress"})
"""A department that asked for more goes on with these, though one of them is a lower step."""


class Lifecycle:
    """Changes the status of cases, inside the caller's transaction."""

    def __init__(self, cipher: Cipher) -> None:
        self._cipher = cipher

    def advance(
        self, session: Session, case: Case, status: str, now: dt.datetime, *, actor: str,
        sentence: str = "", note: str = "", given: Mapping[str, str] | None = None,
    ) -> bool:
        """Take news of a case; returns whether it changed anything.

        ``sentence`` replaces the status's own; ``note`` is what the department adds: what is to be
        supplemented, or why it said no. A note is kept sealed, since it may name the citizen; so is what a department
        gives with a granted case (``given``: element → value), for the steps of a life event after it.
        """
        if not self._may_follow(case.status, status):
            return False
        before, case.status = case.status, status
        self._wind(case, before, now)
        if status == "supplement" or (status in ("done_refused", "not_accepted") and note):
            case.wanted_sealed = self._cipher.seal(note)
        add_event(session, case, actor, sentence or statuses()[status].says, now)
        if statuses()[status].tells and actor != "citizen":
            kind = "supplement" if status == "supplement" else "status"
            add_notice(session, case, kind, f"{status} {now.isoformat(timespec='seconds')}", now)
        if given and status == "done_granted":
            case.results_sealed = self._cipher.seal(dict(given))
        if status == "done_granted":
            issue(session, self._cipher, case, now)
        if status in ("done_granted", "done_refused"):
            add_notice(session, case, "rate", "", now)
        if statuses()[status].final:
            session.flush()
            follow(session, self._cipher, case, now)
        return True

    @staticmethod
    def _may_follow(here: str, status: str) -> bool:
        known = statuses()
        if status not in known or status == here or known[here].final:
            return False
        if here == "withdrawing":
            return known[status].final
        if here == "supplementing" and status == "supplement":
            return False  # what we sent is still under way
        if here in ("supplement", "supplementing") and status in AFTER_SUPPLEMENT:
            return True
        if here == "booked" and status == "accepted":
            return False  # an appointment that was taken is just that
        return known[status].step >= known[here].step

    @staticmethod
    def _wind(case: Case, before: str, now: dt.datetime) -> None:
        """Stop the clock of the promised limit while the citizen supplements, and start it again."""
        today = local_day(now)
        if case.status == "supplement" and not case.stopped_on:
            case.stopped_on = today.isoformat()
        elif before == "supplement" and case.stopped_on and case.due_on:
            case.due_on = moved(
                dt.date.fromisoformat(case.stopped_on), today, dt.date.fromisoformat(case.due_on),
                case.limit_unit or Unit.working_days.value,
            ).isoformat()
            case.stopped_on = None
