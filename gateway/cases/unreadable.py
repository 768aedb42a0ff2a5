"""Answers of a department that nobody can read: how often they came, when staff are called, when to stop asking.

The department may have acted, so the submission stays ``unknown`` and is asked after, less and less often. Such an
answer may pass by itself (a page of maintenance sent as a good answer) or need a person (a field that was renamed).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway.store.tables import Attempt

UNREADABLE = "unreadable"
"""The outcome of such an attempt."""
ALARM_AT = 2
"""So many such answers to one submission call staff: the first may have been an accident."""
GIVE_UP = dt.timedelta(hours=24)
"""So long after the first of them the submission is dead: it waits for a person to send it again."""


@dataclass(frozen=True)
class Unreadable:
    """The unreadable answers to one submission since it was last dead, the one that just came included."""

    times: int
    since: dt.datetime

    def calls_staff(self) -> bool:
        """Whether this very answer is the one to raise the alarm at."""
        return self.times == ALARM_AT

    def is_over(self, now: dt.datetime) -> bool:
        """Whether it makes no sense to go on asking."""
        return self.times > ALARM_AT and now - self.since >= GIVE_UP


def one_more(session: Session, submission: str, now: dt.datetime) -> Unreadable:
    """Count the unreadable answer that came ``now``; the attempt of it is not written yet."""
    last_dead = select(func.max(Attempt.id)).where(
        Attempt.submission_id == submission, Attempt.outcome == "dead"
    ).scalar_subquery()
    times, since = session.execute(
        select(func.count(), func.min(Attempt.at)).where(
            Attempt.submission_id == submission, Attempt.outcome == UNREADABLE,
            Attempt.id > func.coalesce(last_dead, 0),
        )
    ).one()
    return Unreadable(times + 1, since or now)
