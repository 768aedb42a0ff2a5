"""Working days after the State Council's holiday and make-up-day calendar."""

from __future__ import annotations

import datetime as dt

import chinese_calendar

from gateway.catalogue.model import Limit, Unit

WEEKDAYS = "一二三四五六日"


def is_working_day(day: dt.date) -> bool:
    """Whether offices work that day. Years not yet announced count Monday to Friday."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def due_day(start: dt.date, limit: Limit) -> dt.date:
    """The last day of ``limit``, counted from the day after ``start``."""
    if limit.unit is Unit.immediate:
        return start
    if limit.unit is Unit.days:
        return start + dt.timedelta(days=limit.n)
    day, left = start, limit.n
    while left:
        day += dt.timedelta(days=1)
        left -= is_working_day(day)
    return day


def spoken_day(day: dt.date) -> str:
    """12 月 21 日（周一）."""
    return f"{day.month} 月 {day.day} 日（周{WEEKDAYS[day.weekday()]}）"


def local_day(moment: dt.datetime) -> dt.date:
    """The day in China at that moment (UTC+8, no summer time)."""
    return (moment + dt.timedelta(hours=8)).date()
