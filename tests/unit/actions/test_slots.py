"""Times of an appointment as people ask for them: by day, by half of the day, or the soonest."""

from __future__ import annotations

import datetime as dt

import pytest

from actions.slots import times_for
from gateway.cases import form
from gateway.catalogue.loader import load
from gateway.catalogue.model import Choice
from gateway.errors import CitizenError
from gateway.settings import ROOT

TODAY = dt.date(2026, 11, 29)
ELEMENT = load(ROOT / "catalogue").elements["appointment_slot"]
TIMES = tuple(
    Choice(value=f"s{day}{hour}", label=f"12 月 {day} 日 {hour}:00", aliases=(f"2026-12-{day:02d}T{hour:02d}:00",))
    for day in (1, 2) for hour in (10, 14)
)


def chosen(said: str) -> str:
    return times_for(ELEMENT, said, TIMES, TIMES[:2], TODAY).partition(" ")[0]


@pytest.mark.parametrize(("said", "slot"), [
    ("最早的", "s110"), ("随便", "s110"), ("越快越好", "s110"), ("都行，你定", "s110"),
    ("12月2日随便", "s210"), ("12月2日下午都可以", "s214"), ("尽早", "s110"), ("第二个", "s114"),
])
def test_whoever_leaves_it_open_gets_the_first_time_that_fits(said: str, slot: str) -> None:
    assert chosen(said) == slot


@pytest.mark.parametrize(("said", "offered"), [
    ("下午", ["s114", "s214"]), ("12月2日", ["s210", "s214"]), ("12月2日上午", ["s210"]), ("早上", ["s110", "s210"]),
])
def test_a_day_or_half_of_it_narrows_what_is_offered(said: str, offered: list[str]) -> None:
    with pytest.raises(CitizenError) as told:
        chosen(said)
    assert [c.value for c in told.value.values["choices"]] == offered


def test_a_day_without_free_times_is_told_and_others_are_offered() -> None:
    with pytest.raises(CitizenError) as told:
        chosen("12月9日随便")
    assert told.value.response == "utter_day_full"


def test_what_is_kept_says_the_time_in_words() -> None:
    assert times_for(ELEMENT, "最早", TIMES, (), TODAY) == form.appointment(TIMES[0])
