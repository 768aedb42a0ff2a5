"""Appointment times: a few at once, narrowed by what the citizen says (下周三下午)."""

from __future__ import annotations

import datetime as dt
import re

from gateway.cases import answers, form, values
from gateway.catalogue.model import Choice, Element
from gateway.errors import CitizenError

SHOWN = 5
SOONEST = re.compile(r"(?:越|最|尽)(?:早|快)(?:越好|的)?|随便|都(?:行|可以|成|好)|任意|[你您](?:定|看着办|帮我选)")
"""Whoever says so takes the first time that is free, of the day that was named if one was."""


def next_times(choices: tuple[Choice, ...]) -> tuple[Choice, ...]:
    """The soonest times."""
    return choices[:SHOWN]


def times_for(
    element: Element, said: str, choices: tuple[Choice, ...], shown: tuple[Choice, ...],
    today: dt.date,
) -> str:
    """The chosen or the soonest time, as gateway.cases.form.appointment keeps it.

    Raises:
        CitizenError: ``utter_choose_time`` with the times of the day that was named, or
            ``utter_time_taken`` when the wished time is not free; both carry ``choices``.
    """
    free = {c.value: form.appointment(c) for c in choices}
    try:
        value = answers.read(element, said, today, shown)
        if value in free:
            return free[value]
        raise CitizenError("utter_time_taken", choices=next_times(choices))
    except CitizenError as error:
        if error.response == "utter_time_taken":
            raise
    if said in free:
        return free[said]
    soonest, said = SOONEST.search(said), SOONEST.sub("", said)
    day = values.find_date(said, today)
    wished = tuple(c for c in choices if day is None or _start(c).date() == day)
    if re.search(r"下午", said):
        wished = tuple(c for c in wished if _start(c).hour >= 12) or wished
    elif re.search(r"上午|早", said):
        wished = tuple(c for c in wished if _start(c).hour < 12) or wished
    if not wished:
        raise CitizenError("utter_day_full", choices=next_times(choices))
    if soonest:
        return free[wished[0].value]
    raise CitizenError("utter_choose_time", choices=next_times(wished))


def _start(choice: Choice) -> dt.datetime:
    return dt.datetime.fromisoformat(choice.aliases[0])
