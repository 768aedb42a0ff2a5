"""Free times at a department's windows (预约): the next working days, cut into times of equal length."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator, Mapping

import chinese_calendar

from simulators.rules import SHANGHAI

_OPEN = ((dt.time(9), dt.time(12)), (dt.time(13, 30), dt.time(17)))


@dataclasses.dataclass(frozen=True)
class Slot:
    """One time at one window, both ends in local time."""

    id: str
    window: str
    starts: dt.datetime
    ends: dt.datetime


@dataclasses.dataclass(frozen=True)
class Diary:
    """When a department sees people.

    ``windows`` maps its codes to their names; ``quota`` people get the same time; a time takes so
    many ``minutes``; ``days`` working days can be booked, from tomorrow on.
    """

    windows: Mapping[str, str]
    quota: int = 2
    minutes: int = 30
    days: int = 10

    def offered(self, now: dt.datetime, window: str = "") -> dict[str, Slot]:
        """Every slot that can be asked for at ``now``, by id; of one window when it is given."""
        windows = [code for code in self.windows if code == window or not window]
        slots = (
            Slot(f"{code}-{starts:%Y%m%d-%H%M}", code, starts, ends)
            for day in self._days(now) for starts, ends in self._times(day) for code in windows
        )
        return {slot.id: slot for slot in slots}

    def free(
        self, now: dt.datetime, window: str, taken: Mapping[str, int]
    ) -> list[tuple[Slot, int]]:
        """Slots that still take people, each with how many."""
        left = ((s, self.quota - taken.get(s.id, 0)) for s in self.offered(now, window).values())
        return [(slot, n) for slot, n in left if n > 0]

    def _days(self, now: dt.datetime) -> list[dt.date]:
        day, days = now.astimezone(SHANGHAI).date(), list[dt.date]()
        while len(days) < self.days:
            day += dt.timedelta(days=1)
            if is_working_day(day):
                days.append(day)
        return days

    def _times(self, day: dt.date) -> Iterator[tuple[dt.datetime, dt.datetime]]:
        length = dt.timedelta(minutes=self.minutes)
        for opens, closes in _OPEN:
            starts = dt.datetime.combine(day, opens)
            while starts + length <= dt.datetime.combine(day, closes):
                yield starts, starts + length
                starts += length


def is_working_day(day: dt.date) -> bool:
    """Whether offices are open: the State Council's calendar, or weekdays where it has no year."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5
