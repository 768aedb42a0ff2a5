"""Answers from a service's own guide (办事指南), aspect by aspect.

Each function gives the values of one response of ``domain.yml``; the words are there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from gateway.cases.calendar import due_day, spoken_day
from gateway.catalogue.model import (
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
Answer = tuple[str, dict[str, Any]]
"""(name of the response, its values)."""


def listed(lines: list[str]) -> str:
    """A numbered list, one line each."""
    if len(lines) == 1:
        return lines[0]
    return "\n".join(f"{n}. {line}" for n, line in enumerate(lines, 1))


def overview(item: ServiceItem, department: Department, today: dt.date) -> Answer:
    """What it is, how long, what it costs."""
    return "utter_overview", {
        "summary": item.summary, "limit": limit_words(item, today), "fee": fee_words(item.fee),
    }


def materials(item: ServiceItem, department: Department, today: dt.date) -> Answer:
    """What to bring, what only some people bring, and what need not be brought."""
    asked = [m for m in item.materials if not m.spared]
    needed = [_material(m) for m in asked if m.necessity is not Necessity.optional]
    extra = [_material(m) for m in asked if m.necessity is Necessity.optional]
    values = {
        "count": len(needed), "lines": listed(needed[:MOST_LINES]),
        "extra": listed(extra[:MOST_LINES]), "extra_title": "特殊情况才要：" if extra else "",
        "spared": listed([_spared(m) for m in item.materials if m.spared]),
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
    return "utter_conditions", {"lines": listed(list(item.conditions[:MOST_LINES]))}


def process(item: ServiceItem, department: Department, today: dt.date) -> Answer:
    """The steps."""
    lines = [f"{s.name}：{s.does}" for s in item.steps[:MOST_LINES]]
    return "utter_process", {"lines": listed(lines), "limit": limit_words(item, today)}


def time_limit(item: ServiceItem, department: Department, today: dt.date) -> Answer:
    """How long it takes, with the day on which it is done at the latest."""
    if item.promised_limit.unit is Unit.immediate:
        return "utter_time_limit_immediate", {}
    return "utter_time_limit", {
        "promised": item.promised_limit.text(), "statutory": item.statutory_limit.text(),
        "day": spoken_day(due_day(today, item.promised_limit)),
    }


def fee(item: ServiceItem, department: Department, today: dt.date) -> Answer:
    """What it costs."""
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
    lines = [f"{p.name}：{p.address}。{p.hours}" for p in item.places[:MOST_LINES]]
    return "utter_location", {"lines": listed(lines)}


def hours(item: ServiceItem, department: Department, today: dt.date) -> Answer:
    """When the windows are open."""
    return "utter_hours", {"lines": listed([f"{p.name}：{p.hours}" for p in item.places[:MOST_LINES]])}


def phone(item: ServiceItem, department: Department, today: dt.date) -> Answer:
    """Whom to call."""
    return "utter_phone", {
        "phone": item.phone, "supervision": item.supervision, "department": department.short_name,
    }


def legal_basis(item: ServiceItem, department: Department, today: dt.date) -> Answer:
    """Which law says so."""
    lines = [
        f"{b.law if b.law.startswith('《') else f'《{b.law}》'}{b.article}" + (f"：{b.says}" if b.says else "")
        for b in item.legal_basis[:MOST_LINES]
    ]
    return "utter_legal_basis", {"lines": listed(lines)}


def online(item: ServiceItem, department: Department, today: dt.date) -> Answer:
    """Whether it can be done without going there."""
    return "utter_online", {"online": item.online}


ASPECTS: dict[str, Callable[[ServiceItem, Department, dt.date], Answer]] = {
    "overview": overview, "materials": materials, "conditions": conditions, "process": process,
    "time_limit": time_limit, "fee": fee, "location": location, "hours": hours, "phone": phone,
    "legal_basis": legal_basis, "online": online,
}

SHORT_ASPECTS = {"materials": "要带什么", "fee": "多少钱", "time_limit": "要多久", "location": "在哪办"}
"""The aspects that are offered as buttons, with their titles."""

FLOW_BUTTONS = {Flow.apply: "现在申请", Flow.query: "现在查询", Flow.appointment: "现在预约"}


def limit_words(item: ServiceItem, today: dt.date) -> str:
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
