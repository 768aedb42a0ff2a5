"""Working days after the State Council's holiday and make-up-day calendar."""

from __future__ import annotations

import datetime as dt

from gateway.catalogue.model import Limit, Unit
from gateway.workdays import is_working_day

CHINA = dt.timezone(dt.timedelta(hours=8))
WEEKDAYS = "一二三四五六日"


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


def days_left(today: dt.date, due: dt.date, unit: str = Unit.working_days.value) -> int:
    """How much of a limit is left: 0 on its last day, negative after it, in days of ``unit``."""
    if unit != Unit.working_days.value:
        return (due - today).days
    early, late = min(today, due), max(today, due)
    days = (early + dt.timedelta(days=n) for n in range(1, (late - early).days + 1))
    count = sum(is_working_day(day) for day in days)
    return count if due >= today else -count


def moved(stopped: dt.date, today: dt.date, due: dt.date, unit: str) -> dt.date:
    """The new last day of a limit that stood still from ``stopped`` until ``today``: as much is left as
    was then."""
    left = days_left(stopped, due, unit)
    if left <= 0:
        return due
    return due_day(today, Limit(n=left, unit=next(u for u in Unit if u.value == unit)))


def moment_words(moment: dt.datetime) -> str:
    """12 月 21 日（周一）8:30, in Chinese time."""
    local = moment.astimezone(CHINA)
    return f"{local.month} 月 {local.day} 日（周{WEEKDAYS[local.weekday()]}）{local.hour}:{local:%M}"


def days_words(days: int, unit: str) -> str:
    """3 个工作日, 3 天."""
    return f"{days} 个工作日" if unit == Unit.working_days.value else f"{days} 天"


def left_words(days: int, unit: str) -> str:
    """还剩 3 个工作日; on the last day 今天到期."""
    return f"还剩 {days_words(days, unit)}" if days > 0 else "今天到期"


def spoken_day(day: dt.date) -> str:
    """12 月 21 日（周一）."""
    return f"{day.month} 月 {day.day} 日（周{WEEKDAYS[day.weekday()]}）"


def local_day(moment: dt.datetime) -> dt.date:
    """The day in China at that moment (UTC+8, no summer time)."""
    return (moment + dt.timedelta(hours=8)).date()
