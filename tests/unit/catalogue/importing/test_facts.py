"""One cell becomes one value; what a cell does not say plainly is not guessed."""

from __future__ import annotations

import re
from typing import Any

import pytest

from gateway.catalogue.importing import facts
from gateway.catalogue.importing.codes import meanings
from gateway.catalogue.importing.facts import Unread

UNITS = meanings("limit_unit")


@pytest.mark.parametrize(("text", "unit", "expected"), [
    ("20个工作日", "", {"n": 20, "unit": "working_days"}),
    ("20 个工作日内办结", "", {"n": 20, "unit": "working_days"}),
    ("３０日", "", {"n": 30, "unit": "days"}),
    ("不超过15天", "", {"n": 15, "unit": "days"}),
    ("自受理之日起10个工作日", "", {"n": 10, "unit": "working_days"}),
    ("20", "工作日", {"n": 20, "unit": "working_days"}),
    ("20", "个工作日", {"n": 20, "unit": "working_days"}),
    ("当场办结", "", {"unit": "immediate"}),
    ("即办", "", {"unit": "immediate"}),
])
def test_a_limit_is_a_number_with_its_unit(text: str, unit: str, expected: dict[str, Any]) -> None:
    assert facts.limit(text, unit, UNITS) == expected


@pytest.mark.parametrize(("text", "unit", "words"), [
    ("20", "", "its unit is missing"),
    ("3个月", "", "Months and years are left to a person"),
    ("见说明", "", "'见说明' is not a number"),
    ("0", "工作日", "is no time"),
    ("20", "周", "is not a number of 工作日 or 日"),
    ("99999个工作日", "", "is not a number"),
])
def test_a_limit_that_says_no_time_is_not_taken(text: str, unit: str, words: str) -> None:
    with pytest.raises(Unread, match=words):
        facts.limit(text, unit, UNITS)


@pytest.mark.parametrize(("text", "note", "expected"), [
    ("否", "", {"charged": False}),
    ("0", "无", {"charged": False}),
    ("不收费", "", {"charged": False}),
    ("0.00", "", {"charged": False}),
    ("不收取任何费用", "", {"charged": False, "note": "不收取任何费用"}),
    ("是", "按件收 20 元", {"charged": True, "note": "按件收 20 元"}),
    ("1", "", {"charged": True}),
    ("40元", "", {"charged": True, "note": "40 元"}),
    ("7.50", "", {"charged": True, "note": "7.5 元"}),
    ("首次不收费，补领每证20元", "", {"charged": True, "note": "首次不收费，补领每证20元"}),
    ("J", "", {"charged": True}),
])
def test_a_fee_is_charged_or_not_in_the_words_of_the_list(
    text: str, note: str, expected: dict[str, Any]
) -> None:
    assert facts.fee(text, note, {"J": True}) == expected


def test_a_fee_that_says_neither_is_not_taken() -> None:
    with pytest.raises(Unread, match=r"neither 是, 否 nor an amount.*values\.fee"):
        facts.fee("按规定", "", {})


@pytest.mark.parametrize(("fact", "text", "expected"), [
    ("type", "01", ["permit"]), ("type", "1", ["permit"]), ("type", "20", ["public_service"]),
    ("type", "行政许可", ["permit"]), ("type", "permit", ["permit"]), ("type", "１", ["permit"]),
    ("kind", "2", ["promised"]), ("kind", "即办件", ["immediate"]),
    ("status", "3", ["cancelled"]), ("level", "区级", ["county"]), ("scope", "2", ["provincial"]),
    ("forms", "1,2", ["window", "online"]), ("forms", "窗口办理；快递", ["window", "post"]),
    ("audience", "自然人、企业法人", ["personal", "business"]), ("audience", "1^2", ["personal", "business"]),
    ("audience", "个人和企业", ["both"]),
    ("online_depth", "Ⅳ", ["full"]), ("online_depth", "Ⅳ级", ["full"]), ("online_depth", "四级", ["full"]),
    ("online_depth", "1,3", ["consult", "precheck"]),
    ("type", "", []),
])
def test_national_codes_terms_and_our_names_mean_the_same(
    fact: str, text: str, expected: list[str]
) -> None:
    assert [member.value for member in facts.coded(fact, text, meanings(fact))] == expected


def test_an_unknown_code_is_named_with_what_is_known_and_where_to_explain_it() -> None:
    with pytest.raises(Unread) as caught:
        facts.coded("type", "XK", meanings("type"))
    assert "'XK' is not a known type. Known: permit (行政许可)" in str(caught.value)
    assert "under values.type in the mapping" in str(caught.value)


def test_the_mappings_own_table_goes_before_the_national_codes() -> None:
    from gateway.catalogue.terms import ItemType

    table = meanings("type", {"1": ItemType.benefit, "XK": ItemType.permit})
    assert facts.coded("type", "1", table) == [ItemType.benefit]
    assert facts.coded("type", "xk", table) == [ItemType.permit]


def test_several_audiences_are_both_and_the_deepest_depth_counts() -> None:
    table = meanings("audience")
    assert facts.audience(facts.coded("audience", "1,2", table)) == "both"
    assert facts.audience(facts.coded("audience", "2,3,4", table)) == "business"
    depth = meanings("online_depth")
    assert facts.deepest(facts.coded("online_depth", "3,1,2", depth)) == "precheck"


def test_handling_online_alone_does_not_promise_that_nobody_has_to_come() -> None:
    depth = meanings("online_depth")
    assert facts.deepest(facts.coded("online_depth", "1,2,3,4,5,6,7", depth)) == "precheck"


@pytest.mark.parametrize(("cell", "expected"), [
    ("1. 身份证\n2、照片\n（3）申请表", ["身份证", "照片", "申请表"]),
    ("①身份证；②照片；", ["身份证", "照片"]),
    ("一、年满18周岁；二、有住处", ["年满18周岁", "有住处"]),
    ("2.5寸照片", ["2.5寸照片"]),
    (["身份证", "", "身份证"], ["身份证"]),
    ("身份证，复印件一份", ["身份证，复印件一份"]),
])
def test_entries_of_a_cell_lose_their_numbers_and_repeats(cell: Any, expected: list[str]) -> None:
    assert facts.several(cell) == expected


def test_a_step_has_a_name_where_the_list_gives_one() -> None:
    assert facts.steps("1.受理：窗口收件\n2.到窗口领证") == [
        {"name": "受理", "does": "窗口收件"}, {"name": "第 2 步", "does": "到窗口领证"},
    ]


@pytest.mark.parametrize(("cell", "expected"), [
    ("《居住证暂行条例》第九条", {"law": "《居住证暂行条例》", "article": "第九条"}),
    ("依据《行政许可法》（2019年修正）第四十二条第一款：除可以当场作出的外",
     {"law": "《行政许可法》", "article": "第四十二条第一款", "says": "除可以当场作出的外"}),
])
def test_a_legal_basis_has_law_and_article(cell: str, expected: dict[str, str]) -> None:
    assert facts.laws(cell) == [expected]


UNREAD = [
    (facts.laws, "按有关规定", "does not read 《…》第…条"),
    (facts.code, "5.11602E+17", "Excel has shortened. Format the column as text"),
    (facts.code, "见附件", "is not a code"),
    (facts.code, "../../etc", "is not a code"),
    (facts.link, "www.example.gov.cn", "should begin with http:// or https://"),
    (facts.link, "javascript:alert(1)", "is not a web address"),
    (facts.count, "多次", "is not a number of visits"),
]


@pytest.mark.parametrize(("read", "text", "words"), UNREAD, ids=[row[1] for row in UNREAD])
def test_a_cell_that_says_nothing_usable_is_named_with_what_to_do(
    read: Any, text: str, words: str
) -> None:
    with pytest.raises(Unread, match=re.escape(words)) as caught:
        read(text)
    assert f"'{text}'" in str(caught.value)


def test_codes_links_and_visits_are_taken_as_they_stand() -> None:
    assert facts.code(" 511A-0０.1_x ") == "511A-00.1_x"
    assert facts.link("http://www.example.gov.cn/a?b=1&c=2") == "http://www.example.gov.cn/a?b=1&c=2"
    assert facts.count("1次") == 1
