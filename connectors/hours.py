"""When a department's system takes calls: opening hours, and windows in which it is maintained."""

from __future__ import annotations

import datetime as dt
from typing import Optional

from connectors.access import Hours, Window
from connectors.manifest import Manifest
from gateway.errors import DepartmentClosed
from gateway.workdays import is_working_day

CHINA = dt.timezone(dt.timedelta(hours=8))
MOST_DAYS = 60
"""Days that are searched for an opening. The longest holiday has nine."""


def check_open(manifest: Manifest, now: dt.datetime) -> None:
    """Raise DepartmentClosed, which tells when it opens again, unless the system takes calls at ``now``."""
    opens = opens_at(manifest.hours, manifest.maintenance, now.astimezone(CHINA).replace(tzinfo=None))
    if opens is not None:
        raise DepartmentClosed(f"{manifest.department} takes no calls now", opens.replace(tzinfo=CHINA), now)


def opens_at(
    hours: Optional[Hours], maintenance: tuple[Window, ...], now: dt.datetime
) -> Optional[dt.datetime]:
    """The local time at which the system opens; None when it is open at ``now``."""
    at = now
    for _ in range(MOST_DAYS + len(maintenance)):
        later = _after_maintenance(maintenance, at)
        if later == at and hours is not None:
            later = _after_closing(hours, at)
        if later == at:
            break
        at = later
    return at if at > now else None


def _after_maintenance(windows: tuple[Window, ...], at: dt.datetime) -> dt.datetime:
    return max((w.ends for w in windows if w.begins <= at < w.ends), default=at)


def _after_closing(hours: Hours, at: dt.datetime) -> dt.datetime:
    """``at`` when it lies in the hours of its day; else the next opening on that day or the morning after."""
    opens, closes = dt.datetime.combine(at, hours.opens), dt.datetime.combine(at, hours.closes)
    if hours.days == "every" or is_working_day(at.date()):
        if opens <= at < closes:
            return at
        if at < opens:
            return opens
    return dt.datetime.combine(at.date() + dt.timedelta(days=1), dt.time())
