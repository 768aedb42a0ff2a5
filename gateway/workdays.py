"""Working days in China: the State Council's calendar of holidays and make-up days."""

from __future__ import annotations

import datetime as dt

import chinese_calendar


def is_working_day(day: dt.date) -> bool:
    """Whether offices work that day. Years not yet announced count Monday to Friday."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:  # how the calendar says that it does not know a year
        return day.weekday() < 5
