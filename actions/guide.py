"""Answers from a service's own guide (办事指南), aspect by aspect.

Each function gives the values of one response of ``domain.yml``; the words are there. Where only a
list's facts are known of the service, ``actions.listed`` says what is known and whom to ask.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from actions import listed
from actions.listed import Answer, not_entered
from gateway.cases.calendar import due_day, spoken_day
from gateway.catalogue.model import (
    CompleteItem,
    Department,
    Fee,
    FeeLine,
    Flow,
    Material,
    Necessity,
    ServiceItem,
    Unit,
)

MOST_LINES = 5


def numbered(lines: list[str]) -> str:
    """A numbered list, one line each."""
    if len(lines) == 1:
        return lines[0]
    return "\n".join(f"{n}. {line}" for n, line in enumerate(lines, 1))


def overview(item: ServiceItem, department: Department, today: dt.date) -> Answer:
    """What it is, how long, what it costs."""
    if not isinstance(item, CompleteItem):
        return listed.overview(item, department)
    return "utter_overview", {
        "summary": item.summary, "limit": limit_words(item, today), "fee": fee_words(item.fee),
    }


def materials(item: ServiceItem, department: Department, today: dt.date) -> Answer:
    """What to bring, what only some people bring, and what need not be brought."""
    if not listed.knows(item, "materials"):
        return not_entered("materials", item, department)
    asked = [m for m in item.materials if not m.spared]
    needed = [_material(m) for m in asked if m.necessity is not Necessity.optional]
    extra = [_material(m) for m in asked if m.necessity is Necessity.optional]
    values = {
        "count": len(needed), "lines": numbered(needed[:MOST_LINES]),
        "extra": numbered(extra[:MOST_LINES]), "extra_title": "特殊情况才要：" if extra else "",
        "spared": numbered([_spared(m) for m in item.materials if m.spared]),
        "spared_title": "这些不用带：" if any(m.spared for m in item.materials) else "",
    }
    return ("utter_materials" if needed else "utter_materials_none"), values


def _material(material: Material) -> str:
    words = material.name
    if material.necessity is Necessity.later:
        words += "（可以后补）"
    if material.copies:
        words += f"，复印件 {material.copies} 份"
    return f"{words}：{material.note}" if material.note else words


def _spared(material: Material) -> str:
    """Why it need not be brought, with its name unless the sentence begins with it."""
    begins = material.spared[:2] in material.name
    return material.spared if begins else f"{material.name}：{material.spared}"


def conditions(item: ServiceItem, department: Department, today: dt.date) -> Answer:
    """Who may apply."""
    if not listed.knows(item, "conditions"):
        return not_entered("conditions", item, department)
    return "utter_conditions", {"lines": numbered(list(item.conditions[:MOST_LINES]))}


def process(item: ServiceItem, department: Department, today: dt.date) -> Answer:
    """The steps."""
    lines = numbered([f"{s.name}：{s.does}" for s in item.steps[:MOST_LINES]])
    if not isinstance(item, CompleteItem):
        return listed.process(item, department, lines)
    return "utter_process", {"lines": lines, "limit": limit_words(item, today)}


def time_limit(item: ServiceItem, department: Department, today: dt.date) -> Answer:
    """How long it takes, with the day on which it is done at the latest."""
    if not isinstance(item, CompleteItem):
        return listed.time_limit(item, department, today)
    if item.promised_limit.unit is Unit.immediate:
        return "utter_time_limit_immediate", {}
    return "utter_time_limit", {
        "promised": item.promised_limit.text(), "statutory": item.statutory_limit.text(),
        "day": spoken_day(due_day(today, item.promised_limit)),
    }


def fee(item: ServiceItem, department: Department, today: dt.date) -> Answer:
    """What it costs."""
    if not isinstance(item, CompleteItem):
        return listed.fee(item, department)
    if not item.fee.charged:
        return "utter_fee_none", {"note": item.fee.note}
    basis = item.fee.lines[0].basis
    day = item.checked_on
    return "utter_fee", {
        "fee": fee_words(item.fee), "note": item.fee.note, "basis": basis,
        "checked": f"{day.month} 月 {day.day} 日核对",
    }


def location(item: ServiceItem, department: Department, today: dt.date) -> Answer:
    """Where, with the hours."""
    if not listed.knows(item, "location"):
        return listed.location(item, department)
    lines = [f"{p.name}：{p.address}。{p.hours}" for p in item.places if p.address]
    return "utter_location", {"lines": numbered(lines[:MOST_LINES])}


def hours(item: ServiceItem, department: Department, today: dt.date) -> Answer:
    """When the windows are open."""
    if not listed.knows(item, "hours"):
        return listed.hours(item, department)
    lines = [f"{p.name}：{p.hours}" for p in item.places if p.hours]
    return "utter_hours", {"lines": numbered(lines[:MOST_LINES])}


def phone(item: ServiceItem, department: Department, today: dt.date) -> Answer:
    """Whom to call."""
    if not (item.phone and item.supervision):
        return listed.phone(item, department)
    return "utter_phone", {
        "phone": item.phone, "supervision": item.supervision, "department": department.short_name,
    }


def legal_basis(item: ServiceItem, department: Department, today: dt.date) -> Answer:
    """Which law says so."""
    if not listed.knows(item, "legal_basis"):
        return not_entered("legal_basis", item, department)
    lines = [
        f"{b.law if b.law.startswith('《') else f'《{b.law}》'}{b.article}" + (f"：{b.says}" if b.says else "")
        for b in item.legal_basis[:MOST_LINES]
    ]
    return "utter_legal_basis", {"lines": numbered(lines)}


def online(item: ServiceItem, department: Department, today: dt.date) -> Answer:
    """Whether it can be done without going there."""
    if not item.online:
        return listed.online(item, department)
    return "utter_online", {"online": item.online}


ASPECTS: dict[str, Callable[[ServiceItem, Department, dt.date], Answer]] = {
    "overview": overview, "materials": materials, "conditions": conditions, "process": process,
    "time_limit": time_limit, "fee": fee, "location": location, "hours": hours, "phone": phone,
    "legal_basis": legal_basis, "online": online,
}

SHORT_ASPECTS = {"materials": "要带什么", "fee": "多少钱", "time_limit": "要多久", "location": "在哪办"}
"""The aspects that are offered as buttons, with their titles."""

FLOW_BUTTONS = {Flow.apply: "现在申请", Flow.query: "现在查询", Flow.appointment: "现在预约"}


def limit_words(item: CompleteItem, today: dt.date) -> str:
    """当场办结, or 20 个工作日内办好."""
    limit = item.promised_limit
    return "当场办好" if limit.unit is Unit.immediate else f"{limit.text()}内办好"


def fee_words(fee: Fee) -> str:
    """不收费; 40 元; or each line with its name."""
    if not fee.charged:
        return "不收费"
    if len(fee.lines) == 1:
        return _yuan(fee.lines[0])
    return "，".join(f"{line.name} {_yuan(line)}" for line in fee.lines)


def _yuan(line: FeeLine) -> str:
    per = line.unit.removeprefix("每").removeprefix("元/")
    return f"{line.amount:g} 元" + (f"一{per}" if per and per not in ("次", "证", "人", "件") else "")
