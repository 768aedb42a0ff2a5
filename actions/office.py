"""Where a department is, when it is open, whom to call there; and what is asked about that next (周六呢)."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk.events import EventType

from actions.find_item import named_in
from actions.list_services import ActionListServices
from actions.turn import Say, Turn, remember
from gateway.catalogue.model import Department
from gateway.catalogue.search import find_department
from gateway.understanding.text import normalise

WHERE_WHEN = re.compile(r"在哪|哪里|哪儿|地址|怎么走|几点|上班|下班|开门|关门|时间|周末")
CALL = re.compile(r"电话|号码|打几号|打哪个")
WEEKEND = re.compile(r"(?:周|星期|礼拜)[六日天末]|双休")
OPEN_THEN = re.compile(r"(?:周|星期)[六日末]|每天")
ASKED_NEXT = re.compile(
    r"(?:周|星期|礼拜)[一二三四五六日天末]|双休|节假日|过节|中午|午休|晚上|早上|下午|几点|上班|下班|开门|关门|开不开|休息|有人|电话|号码|地址|在哪|怎么走"
)
REST = re.compile(r"[那还也都有在能可以去办一到打是不没吗呢么嘛呀啊吧的了,，。?？!！ ]|周|星期|礼拜|他们|你们|那边|那里")


def of_department(turn: Turn, say: Say) -> list[EventType]:
    """What is asked about the department that the text names, or what it does."""
    department = find_department(turn.catalogue, turn.text)
    if department and department.phone and department.supervision and CALL.search(turn.text):
        return _call(say, department)
    if department is None or not WHERE_WHEN.search(turn.text):
        return ActionListServices().act(turn, say)
    return _where_when(turn, say, department)


def of_same_office(turn: Turn, say: Say) -> list[EventType] | None:
    """The same department once more, where nothing else is named; None when the text is not about it."""
    department = turn.catalogue.departments.get(turn.slot("office") or "")
    asked = ASKED_NEXT.search(turn.text)
    if department is None or turn.filling or not asked or turn.text.startswith("/"):
        return None
    if REST.sub("", named_in(ASKED_NEXT.sub("", normalise(turn.text)))):
        return None  # another matter is named
    return _call(say, department) if CALL.search(turn.text) else _where_when(turn, say, department)


def _call(say: Say, department: Department) -> list[EventType]:
    say(
        "utter_phone", department=department.short_name, phone=department.phone,
        supervision=department.supervision, source=department.hours,
    )
    return remember(state="consulting", office=department.department)


def _where_when(turn: Turn, say: Say, department: Department) -> list[EventType]:
    values: dict[str, Any] = {
        "lines": f"{department.name}：{department.address}。{department.hours}",
        "source": f"咨询电话 {department.phone}",
    }
    if WEEKEND.search(turn.text) and department.hours and not OPEN_THEN.search(department.hours):
        say("utter_closed_weekend", department=department.short_name, **values)
    else:
        say("utter_location", **values)
    return remember(state="consulting", office=department.department)
