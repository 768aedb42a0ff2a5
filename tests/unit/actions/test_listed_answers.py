"""Of a listed item every aspect has an honest answer: what is known, and whom to ask for the rest."""

from __future__ import annotations

import datetime as dt
import re
from types import SimpleNamespace
from typing import Any

import pytest

from actions.apply import start
from actions.consult import next_steps
from actions.guide import ASPECTS
from actions.listed import KNOWN
from gateway.catalogue.model import CompleteItem, Department, ServiceItem
from gateway.channels.output import tidy
from gateway.settings import ROOT
from tests.support.sample_catalogue import sample_item
from tests.support.yaml_files import read_yaml

TODAY = dt.date(2025, 11, 20)
RESPONSES: dict[str, list[dict[str, str]]] = read_yaml(ROOT / "domain.yml")["responses"]
BARE = {"item": "listed-item", "listed": True, "name": "临时身份证", "checked_on": "2025-10-08"}
FULL = {
    **BARE, "implementation_code": "11A001", "type": "permit", "kind": "promised", "audience": "both",
    "forms": ["window", "online"], "online_depth": "full", "visits": {"count": 0}, "summary": "先拿一张用着。",
    "conditions": ["丢了证"], "materials": [{"name": "户口簿"}], "steps": [{"name": "受理", "does": "窗口收件"}],
    "statutory_limit": {"n": 30, "unit": "days"}, "promised_limit": {"n": 3, "unit": "working_days"},
    "fee": {"charged": True, "note": "10 元"}, "phone": "0600-1111", "supervision": "0600-2222",
    "places": [{"name": "一号窗口", "address": "城东路 1 号", "hours": "9:00—17:00"}], "online": "网上提交就行。",
    "link": "https://example.gov.cn/1", "legal_basis": [{"law": "居民身份证法", "article": "第十一条"}],
}
UNKNOWN = Department(department="police", listed=True, name="区公安分局", short_name="公安分局")
KNOWN_DEPARTMENT = Department(**{
    **UNKNOWN.dict(), "phone": "0600-9999", "address": "文昌路 58 号", "hours": "周一至周五 9:00—17:00",
})


def answer(aspect: str, department: Department = UNKNOWN, **known: Any) -> str:
    """What people read."""
    item = ServiceItem.parse_obj({**BARE, **known})
    response, values = ASPECTS[aspect](item, department, TODAY)
    return spoken(response, {"item": item.name, "source": item.source_line, **values})


def spoken(response: str, values: dict[str, Any]) -> str:
    text = RESPONSES[response][0]["text"]
    assert set(re.findall(r"{(\w+)}", text)) <= set(values), response
    return tidy(text.format(**values))


@pytest.mark.parametrize("aspect", ASPECTS)
def test_every_aspect_of_a_bare_item_says_what_is_missing_and_whom_to_ask(aspect: str) -> None:
    said = answer(aspect)
    assert "12345" in said
    assert said.splitlines()[-1] == "出自部门的事项清单（10 月 8 日），办事指南还没录入"
    assert re.search("还没录进来|清单上没写|出门前先打", said)
    assert not re.search(r"None|\{|：\n|：$|，。|\d\. *$", said, re.MULTILINE)


@pytest.mark.parametrize("aspect", ASPECTS)
def test_every_aspect_names_the_departments_phone_where_it_is_known(aspect: str) -> None:
    said = answer(aspect, KNOWN_DEPARTMENT)
    assert "0600-9999" in said
    assert "12345" in said


@pytest.mark.parametrize("aspect", ASPECTS)
def test_a_bare_item_is_given_no_fact_that_nobody_entered(aspect: str) -> None:
    assert not re.search("不收费|不用带|当场|工作日|全程网办|不用去", answer(aspect))


@pytest.mark.parametrize(("aspect", "fact"), [
    ("overview", "实施编码：11A001"), ("overview", "时间：3 个工作日内办好"), ("overview", "费用：要收费，10 元"),
    ("overview", "先拿一张用着。"), ("materials", "户口簿"), ("conditions", "丢了证"),
    ("process", "受理：窗口收件"), ("time_limit", "最晚 11 月 25 日（周二）"), ("fee", "要收费。10 元。"),
    ("location", "一号窗口：城东路 1 号"), ("hours", "一号窗口：9:00—17:00"), ("phone", "0600-1111"),
    ("phone", "0600-2222"), ("legal_basis", "《居民身份证法》第十一条"), ("online", "网上提交就行。"),
])
def test_what_the_list_says_is_told_with_its_origin(aspect: str, fact: str) -> None:
    said = answer(aspect, **FULL)
    assert fact in said
    assert "出自部门的事项清单" in said


@pytest.mark.parametrize(("aspect", "known", "said"), [
    ("time_limit", {"promised_limit": {"unit": "immediate"}}, "当场就能办好"),
    ("time_limit", {"statutory_limit": {"n": 30, "unit": "days"}}, "法定最长 30 日。\n实际要多久，打 12345 问。"),
    ("fee", {"fee": {"charged": False}}, "不收费"),
    ("online", {"online_depth": "full"}, "网办深度：Ⅳ 全程网办"),
    ("online", {"link": "https://example.gov.cn/1"}, "清单上没写。可以先看看：\n网页：https://example.gov.cn/1"),
    ("phone", {"phone": "12345"}, "打 12345 问"),
    ("phone", {"phone": "0600-1"}, "公安分局电话 0600-1"),
    ("hours", {"places": [{"name": "窗口", "address": "城东路"}]}, "几点开门，清单上没写"),
    ("location", {"places": [{"name": "窗口", "hours": "全天"}]}, "在哪里办，清单上没写"),
    ("location", {"places": [{"name": "窗口", "address": "城东路"}]}, "窗口：城东路。"),
])
def test_each_half_known_aspect_has_words_of_its_own(
    aspect: str, known: dict[str, Any], said: str
) -> None:
    assert said in answer(aspect, **known)


@pytest.mark.parametrize(("aspect", "said"), [
    ("location", "公安分局在文昌路 58 号。"), ("hours", "公安分局的时间：周一至周五 9:00—17:00。"),
])
def test_where_no_window_is_known_the_department_helps_out(aspect: str, said: str) -> None:
    assert said in answer(aspect, KNOWN_DEPARTMENT)


def test_a_department_that_lists_its_complaints_line_tells_it() -> None:
    department = Department(**{**KNOWN_DEPARTMENT.dict(), "supervision": "0600-8888"})
    assert "监督投诉电话 0600-8888" in answer("phone", department)


def test_an_overview_stays_short_however_much_is_known() -> None:
    facts = [line for line in answer("overview", **FULL).splitlines()[1:-2]]
    assert len(facts) <= 5


@pytest.mark.parametrize("known", [BARE, FULL])
def test_applying_for_a_listed_item_says_whose_it_is_and_starts_nothing(known: dict[str, Any]) -> None:
    item = ServiceItem.parse_obj(known)
    said: list[str] = []
    turn = SimpleNamespace(filling=False, department=lambda item: UNKNOWN)

    def say(response: str, buttons: list[dict[str, str]], **values: Any) -> None:
        said.append(spoken(response, values))
        assert [b["payload"].partition("{")[0] for b in buttons] == ["/consult", "/hand_off"]

    events = start(turn, say, item)  # type: ignore[arg-type]
    assert "在这里还不能申请，要找公安分局办" in said[0]
    assert "12345" in said[0]
    assert {e["name"]: e["value"] for e in events if e["event"] == "slot"}["item"] == "listed-item"
    assert not [e for e in events if e["event"] in ("active_loop", "followup")]


def test_buttons_of_a_listed_item_lead_to_what_is_known_and_to_a_human() -> None:
    assert [b["title"] for b in next_steps(ServiceItem.parse_obj(BARE), "overview")] == ["转人工"]
    titles = [b["title"] for b in next_steps(ServiceItem.parse_obj(FULL), "overview")]
    assert titles == ["要带什么", "多少钱", "要多久", "在哪办", "转人工"]


def test_a_complete_item_is_answered_from_its_guide_as_before() -> None:
    item = CompleteItem.parse_obj({**sample_item(), "department": "public-security"})
    for aspect, function in ASPECTS.items():
        response, _ = function(item, UNKNOWN, TODAY)
        assert not response.startswith("utter_listed_"), aspect


def test_whether_something_is_known_is_decided_for_every_aspect_that_a_list_can_say() -> None:
    assert set(KNOWN) == set(ASPECTS) - {"phone"}
