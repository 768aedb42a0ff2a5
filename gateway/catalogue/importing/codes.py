"""What codes and words of other systems mean in our enumerations.

The codes are those of GB/T 39554-2020 as published in schemas that follow it; every label and every
name of ours is understood too. A mapping's ``values`` go before them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from gateway.catalogue.terms import (
    Audience,
    Flow,
    HandlingForm,
    ItemType,
    Kind,
    Labelled,
    Level,
    OnlineDepth,
    Scope,
    Status,
    Unit,
)

ENUMERATIONS: dict[str, type[Labelled]] = {
    "type": ItemType, "kind": Kind, "audience": Audience, "flow": Flow, "status": Status,
    "level": Level, "scope": Scope, "forms": HandlingForm, "online_depth": OnlineDepth,
    "limit_unit": Unit,
}
"""Fact to its enumeration. ``limit_unit`` is the unit of both limits."""

SEVERAL = {"audience", "forms", "online_depth"}
"""Facts of which one cell may hold several values."""

NATIONAL: dict[str, dict[str, str]] = {
    "type": {
        "1": "permit", "2": "penalty", "3": "compulsion", "4": "levy", "5": "benefit",
        "6": "inspection", "7": "confirmation", "8": "reward", "9": "ruling", "10": "other_power",
        "20": "public_service", "其他权力": "other_power", "其他行政权力事项": "other_power",
    },
    "status": {"1": "active", "2": "paused", "3": "cancelled"},
    "kind": {"1": "immediate", "2": "promised", "承诺办件": "promised", "即时办结": "immediate"},
    "forms": {
        "1": "window", "2": "online", "3": "post", "窗口办理": "window", "网上办理": "online",
        "快递申请": "post",
    },
    "audience": {
        "1": "personal", "2": "business", "3": "business", "4": "business", "5": "business",
        "6": "business", "9": "both", "自然人": "personal", "公民": "personal", "法人": "business",
        "企业法人": "business", "事业法人": "business", "社会组织法人": "business",
        "非法人企业": "business", "行政机关": "business", "其他": "both", "其他组织": "business",
    },
    "level": {
        "1": "national", "2": "provincial", "3": "municipal", "4": "county", "5": "town",
        "国家级": "national", "省级": "provincial", "市级": "municipal", "县级": "county",
        "区级": "county", "区县级": "county", "镇级": "town", "乡镇": "town", "乡镇级": "town",
        "街道": "town",
    },
    "scope": {
        "1": "national", "2": "provincial", "3": "municipal", "4": "county", "5": "town",
        "6": "villages",
    },
    # 4 受理, 5 办理, 6 结果反馈 and 7 电子证照反馈 go beyond 预审, but none of them says that nobody has
    # to come: only Ⅳ does.
    "online_depth": {
        "1": "consult", "2": "receive", "3": "precheck", "4": "precheck", "5": "precheck",
        "6": "precheck", "7": "precheck", "8": "consult", "咨询": "consult", "收件": "receive",
        "预审": "precheck", "受理": "precheck", "办理": "precheck", "结果反馈": "precheck",
        "电子证照反馈": "precheck", "一级": "consult", "二级": "receive", "三级": "precheck",
        "四级": "full", "全程网办": "full", "Ⅰ": "consult", "Ⅱ": "receive", "Ⅲ": "precheck",
        "Ⅳ": "full", "Ⅰ级": "consult", "Ⅱ级": "receive", "Ⅲ级": "precheck", "Ⅳ级": "full",
    },
    "limit_unit": {
        "工作日": "working_days", "天": "days", "自然日": "days", "日历日": "days", "即时": "immediate",
        "即办": "immediate", "当场": "immediate", "当日办结": "immediate", "立等可取": "immediate",
    },
}


def plain(text: str) -> str:
    """A code or word as it is looked up: 01 is 1, Ⅳ is IV, full width is half width."""
    text = "".join(unicodedata.normalize("NFKC", text).split()).casefold()
    return text.lstrip("0") or "0" if text.isdigit() else text


def meanings(fact: str, own: Mapping[str, Labelled] | None = None) -> dict[str, Labelled]:
    """Everything that is understood of a fact; ``own`` is the mapping's table."""
    enumeration = ENUMERATIONS[fact]
    named = {member.value: member for member in enumeration}
    known = {plain(code): named[name] for code, name in NATIONAL.get(fact, {}).items()}
    known |= {plain(member.label): member for member in enumeration}
    known |= {plain(member.value): member for member in enumeration}
    return known | {plain(code): member for code, member in (own or {}).items()}
