"""Free times at the public security windows: next ten working days, half-hours, two people each."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping

import chinese_calendar

from simulators.rules import SHANGHAI

QUOTA = 2
WORKING_DAYS = 10
WINDOWS = {"W01": "市民服务中心", "W02": "城东便民服务中心"}
_HALF_HOUR = dt.timedelta(minutes=30)
_STARTS = [dt.time(h, m) for h in (9, 10, 11) for m in (0, 30)] + [
    dt.time(13, 30), *(dt.time(h, m) for h in (14, 15, 16) for m in (0, 30)),
]


@dataclasses.dataclass(frozen=True)
class Slot:
    """One half-hour at one window; ``starts`` is local time."""

    id: str
    window: str
    starts: dt.datetime

    @property
    def ends(self) -> dt.datetime:
        """When it is over."""
        return self.starts + _HALF_HOUR


def is_working_day(day: dt.date) -> bool:
    """Whether offices are open: the State Council's calendar, or weekdays where it has no year."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def offered(now: dt.datetime, window: str = "") -> dict[str, Slot]:
    """Every slot that can be asked for at ``now``, by id; of one window when it is given."""
    day, days = now.astimezone(SHANGHAI).date(), list[dt.date]()
    while len(days) < WORKING_DAYS:
        day += dt.timedelta(days=1)
        if is_working_day(day):
            days.append(day)
    windows = [code for code in WINDOWS if code == window or not window]
    slots = (
        Slot(f"{code}-{day:%Y%m%d}-{start:%H%M}", code, dt.datetime.combine(day, start))
        for day in days for start in _STARTS for code in windows
    )
    return {slot.id: slot for slot in slots}


def described(slots: Mapping[str, Slot], taken: Mapping[str, int]) -> list[dict[str, object]]:
    """Slots that still take people, as the department lists them."""
    return [
        {
            "slotId": slot.id,
            "windowName": WINDOWS[slot.window],
            "beginTime": slot.starts.isoformat(timespec="minutes"),
            "endTime": slot.ends.isoformat(timespec="minutes"),
            "remain": QUOTA - taken.get(slot.id, 0),
        }
        for slot in slots.values()
        if taken.get(slot.id, 0) < QUOTA
    ]
