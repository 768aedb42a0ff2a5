"""Answers about a service of which only the facts of a list are known (只有清单信息).

Each says what the list says; where it says nothing, that the guide is not entered yet and whom to
ask. The words are in ``domain.yml``; what stands here are the names of the facts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from gateway.cases.calendar import due_day, spoken_day
from gateway.catalogue.model import Department, ServiceItem, Unit

Answer = tuple[str, dict[str, Any]]
HOTLINE = "12345"
MOST_FACTS = 5

KNOWN: dict[str, Callable[[ServiceItem], bool]] = {
    "overview": lambda item: True,
    "materials": lambda item: bool(item.materials),
    "conditions": lambda item: bool(item.conditions),
    "process": lambda item: bool(item.steps),
    "time_limit": lambda item: bool(item.promised_limit or item.statutory_limit),
    "fee": lambda item: item.fee is not None,
    "location": lambda item: any(place.address for place in item.places),
    "hours": lambda item: any(place.hours for place in item.places),
    "legal_basis": lambda item: bool(item.legal_basis),
    "online": lambda item: bool(item.online or item.link or online_facts(item)),
}
"""Whether a list says something about an aspect. Of ``phone`` something is always known: 12345."""


def knows(item: ServiceItem, aspect: str) -> bool:
    """Whether there is more to say about that aspect than whom to ask."""
    return not item.listed or KNOWN.get(aspect, KNOWN["overview"])(item)


def whom_to_ask(item: ServiceItem, department: Department) -> str:
    """The line to call, with its owner, and always 12345."""
    phone = item.phone or department.phone
    if phone in ("", HOTLINE):
        return HOTLINE
    return f"{phone}（{department.short_name}）或 {HOTLINE}"


def not_entered(aspect: str, item: ServiceItem, department: Department) -> Answer:
    """That nothing is known about this aspect, and whom to ask."""
    return f"utter_listed_{aspect}", {
        "department": department.short_name, "ask": whom_to_ask(item, department),
    }


def overview(item: ServiceItem, department: Department) -> Answer:
    """Whose it is, and the facts of the list that people ask for first."""
    response, values = not_entered("overview", item, department)
    facts = [
        ("", item.summary), ("时间", _limit(item)), ("费用", _fee(item)),
        ("服务对象", item.audience.label if item.audience else ""), *online_facts(item),
        ("网页", item.link), ("事项类型", item.type.label if item.type else ""),
    ]
    lines = _lines(facts)[:MOST_FACTS - 1] + _lines([("实施编码", item.implementation_code)])
    return response, {**values, "facts": "\n".join(lines)}


def time_limit(item: ServiceItem, department: Department, today: dt.date) -> Answer:
    """The promised limit, else the statutory one."""
    response, values = not_entered("time_limit", item, department)
    promised, statutory = item.promised_limit, item.statutory_limit
    if promised and promised.unit is Unit.immediate:
        return "utter_time_limit_immediate", {}
    if promised:
        day = spoken_day(due_day(today, promised))
        return "utter_listed_promised", {**values, "promised": promised.text(), "day": day}
    if statutory:
        return "utter_listed_statutory", {**values, "statutory": statutory.text()}
    return response, values


def fee(item: ServiceItem, department: Department) -> Answer:
    """Free or not; how much it is only in the words of the list."""
    response, values = not_entered("fee", item, department)
    if item.fee is None:
        return response, values
    response = "utter_listed_charged" if item.fee.charged else "utter_fee_none"
    return response, {**values, "note": _sentence(item.fee.note)}


def process(item: ServiceItem, department: Department, lines: str) -> Answer:
    """The steps of the list."""
    response, values = not_entered("process", item, department)
    return ("utter_listed_steps" if lines else response), {**values, "lines": lines}


def location(item: ServiceItem, department: Department) -> Answer:
    """No window is known: the address of the department, if that is."""
    response, values = not_entered("location", item, department)
    if department.address:
        response = "utter_listed_department_place"
    return response, {**values, "address": department.address}


def hours(item: ServiceItem, department: Department) -> Answer:
    """No window's hours are known: those of the department, if they are."""
    response, values = not_entered("hours", item, department)
    if department.hours:
        response = "utter_listed_department_hours"
    return response, {**values, "hours": department.hours}


def phone(item: ServiceItem, department: Department) -> Answer:
    """The lines that are known, the item's own first."""
    response, values = not_entered("phone", item, department)
    known = item.phone or department.phone
    complaints = item.supervision or department.supervision
    if known not in ("", HOTLINE):
        response = "utter_phone" if complaints else "utter_listed_department_phone"
    return response, {**values, "phone": known, "supervision": complaints}


def online(item: ServiceItem, department: Department) -> Answer:
    """What the list says about doing it online, word for word; else its web page."""
    response, values = not_entered("online", item, department)
    lines = _lines([*online_facts(item), ("网页", item.link)])
    if online_facts(item):
        response = "utter_listed_online_facts"
    elif item.link:
        response = "utter_listed_online_page"
    return response, {**values, "lines": "\n".join(lines)}


def cannot_apply(item: ServiceItem, department: Department) -> Answer:
    """That it cannot be applied for here, and who takes applications."""
    response, values = not_entered("apply", item, department)
    lines = _lines([*online_facts(item), ("网页", item.link)])
    return response, {**values, "lines": "\n".join(lines)}


def online_facts(item: ServiceItem) -> list[tuple[str, str]]:
    """What is known of doing it online or coming: (what, value)."""
    visits = f"{item.visits.count} 次" if item.visits else ""
    known = [
        ("网办深度", item.online_depth.label if item.online_depth else ""),
        ("办理形式", "、".join(form.label for form in item.forms)), ("到现场次数", visits),
    ]
    return [(what, value) for what, value in known if value]


def _lines(facts: list[tuple[str, str]]) -> list[str]:
    return [f"{what}：{value}" if what else value for what, value in facts if value]


def _limit(item: ServiceItem) -> str:
    if item.promised_limit is None:
        return ""
    text = item.promised_limit.text()
    return text if item.promised_limit.unit is Unit.immediate else f"{text}内办好"


def _fee(item: ServiceItem) -> str:
    if item.fee is None:
        return ""
    return "，".join(w for w in ("要收费" if item.fee.charged else "不收费", item.fee.note) if w)


def _sentence(text: str) -> str:
    return text if not text or text.endswith(("。", "；", "？")) else f"{text}。"
