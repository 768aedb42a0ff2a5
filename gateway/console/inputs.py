"""Reading what a query string says. Whatever cannot be used is refused in a sentence."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from urllib.parse import urlencode

from gateway.catalogue.model import Catalogue
from gateway.console.visit import PREFIX, Problem
from gateway.conversations.outcomes import OUTCOMES
from gateway.conversations.review import LOW_CONFIDENCE
from gateway.conversations.views import Filters

LIST = f"{PREFIX}/conversations"
MOST_PAGES = 1_000_000
# Rows carry 32-bit ids on PostgreSQL.
GREATEST_ID = 2**31 - 1
YEARS = (2000, 2100)
_SAFE_NEXT = re.compile(r"/staff(?:[/?][A-Za-z0-9_\-/?=&%+]*)?")


def page_number(query: Mapping[str, str], back: str) -> int:
    """The page asked for; 1 when none is named."""
    text = query.get("page", "1")
    if not re.fullmatch(r"[0-9]{1,7}", text, re.ASCII) or not 1 <= int(text) <= MOST_PAGES:
        raise Problem(400, "页码不对：应是从 1 起的整数。", back=back)
    return int(text)


def row_id(text: str) -> int | None:
    """A row's number in an address; None when it cannot be one."""
    if not re.fullmatch(r"[0-9]{1,10}", text, re.ASCII) or int(text) > GREATEST_ID:
        return None
    return int(text)


def filters(query: Mapping[str, str], catalogue: Catalogue) -> Filters:
    """The filters of the list of conversations."""
    found = Filters(
        date_from=_day(query.get("from", ""), "开始日期"),
        date_to=_day(query.get("to", ""), "结束日期"),
        department=_one_of(query.get("department", ""), catalogue.departments, "部门"),
        item=_one_of(query.get("item", ""), catalogue.items, "事项"),
        outcome=_one_of(query.get("outcome", ""), OUTCOMES, "结果"),
        confidence_below=LOW_CONFIDENCE if query.get("low") else None,
        handed_off=bool(query.get("handed")),
        unreviewed=bool(query.get("unreviewed")),
    )
    if found.date_from and found.date_to and found.date_from > found.date_to:
        raise Problem(400, "开始日期晚于结束日期，请对调后再查。", back=LIST)
    return found


def query_of(filters: Filters) -> str:
    """The query string that :func:`filters` would read back, without a page."""
    values = {
        "from": filters.date_from and filters.date_from.isoformat(),
        "to": filters.date_to and filters.date_to.isoformat(),
        "department": filters.department, "item": filters.item, "outcome": filters.outcome,
        "low": "1" if filters.confidence_below is not None else "",
        "handed": "1" if filters.handed_off else "",
        "unreviewed": "1" if filters.unreviewed else "",
    }
    return urlencode({key: value for key, value in values.items() if value})


def safe_next(wanted: str) -> str:
    """Where to go after signing in: a page of the console, or the overview."""
    return wanted if len(wanted) <= 500 and _SAFE_NEXT.fullmatch(wanted) else PREFIX


def _day(text: str, what: str) -> dt.date | None:
    if not text:
        return None
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise Problem(400, f"{what}不对：应像 2026-12-21 这样写。", back=LIST) from None
    if not YEARS[0] <= day.year <= YEARS[1]:
        raise Problem(400, f"{what}不对：年份应在 {YEARS[0]} 到 {YEARS[1]} 之间。", back=LIST)
    return day


def _one_of(value: str, allowed: Mapping[str, object], what: str) -> str:
    if value and value not in allowed:
        raise Problem(400, f"没有这个{what}，请从列表里选。", back=LIST)
    return value
