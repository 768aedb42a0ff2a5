"""Limits are counted on the State Council's calendar."""

from __future__ import annotations

import datetime as dt

import pytest

from gateway.cases.calendar import due_day, local_day, spoken_day
from gateway.catalogue.model import Limit


@pytest.mark.parametrize(("start", "limit", "due"), [
    ("2026-11-23", Limit(n=20, unit="working_days"), "2026-12-21"),
    ("2026-09-30", Limit(n=1, unit="working_days"), "2026-10-08"),
    ("2026-11-23", Limit(n=30, unit="days"), "2026-12-23"),
    ("2026-11-23", Limit(unit="immediate"), "2026-11-23"),
    ("2030-01-04", Limit(n=1, unit="working_days"), "2030-01-07"),
])
def test_the_last_day_of_a_limit(start: str, limit: Limit, due: str) -> None:
    assert due_day(dt.date.fromisoformat(start), limit).isoformat() == due


def test_days_are_those_of_china() -> None:
    late = dt.datetime(2026, 11, 23, 16, 30, tzinfo=dt.timezone.utc)
    assert local_day(late) == dt.date(2026, 11, 24)


def test_a_day_is_spoken_with_its_weekday() -> None:
    assert spoken_day(dt.date(2026, 12, 21)) == "12 月 21 日（周一）"
