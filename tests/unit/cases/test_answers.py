"""One answer is read after its element: what cannot be used is explained, what is free stays as written."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from gateway.cases import answers
from gateway.catalogue.model import Element
from gateway.errors import CitizenError

TODAY = dt.date(2026, 11, 25)


def element(type: str, **more: Any) -> Element:
    return Element(element="x", name="某项", type=type, sensitivity="public", ask="？", **more)


@pytest.mark.parametrize("text", [
    "不想填", "不想说", "不方便", "记不清", "记不清了", "我记不清了", "跳过吧", "忘了", "我不想写这个", "不方便说", "不愿意提供",
    "不记得了", "想不起来了", "没印象", "先跳过", "这个可以不填吗", "能跳过吗", "不填", "没有", "无", "skip", "I don't know",
])
def test_there_are_many_ways_not_to_answer(text: str) -> None:
    assert answers.declines(text)


@pytest.mark.parametrize("text", [
    "昨天", "王不方", "不想上班被开除", "没有工作", "忘在出租车上了", "记不清是哪天，大概十月", "无锡市", "跳过桥就是", "不方便的小区 3 号",
    "没有签合同", "",
])
def test_an_answer_that_only_begins_so_is_an_answer(text: str) -> None:
    assert not answers.declines(text)


@pytest.mark.parametrize("text", ["昨天下午，老板说：“没钱！”", "（文昌路）８号，２单元", "电话：１３８…；等了３小时"])
def test_free_text_is_kept_as_people_write_it(text: str) -> None:
    assert answers.read(element("text"), f" {text} ", TODAY) == text


def test_an_address_keeps_its_punctuation_without_the_words_before_it() -> None:
    assert answers.read(element("address"), "我住在（文昌路）８号，２单元", TODAY) == "（文昌路）８号，２单元"


def test_what_has_a_form_is_kept_in_that_form() -> None:
    assert answers.read(element("text", pattern="[A-Z][0-9]{3}", pattern_hint="h"), "Ｘ１２３", TODAY) == "X123"
    assert answers.read(element("secret"), "１２３４５６", TODAY) == "123456"


@pytest.mark.parametrize("type", ["integer", "amount"])
@pytest.mark.parametrize("text", ["11010519491231002", "110105194912310021", "6222021234567890123"])
def test_a_number_in_the_wrong_place_is_not_shown_again(type: str, text: str) -> None:
    with pytest.raises(CitizenError) as caught:
        answers.read(element(type, max=20), text, TODAY)
    assert caught.value.response == f"utter_bad_{type}"
    assert "found" not in caught.value.values


@pytest.mark.parametrize(("text", "shown"), [("25", "25"), ("1234567", "1,234,567"), ("10000000", "10,000,000")])
def test_a_number_out_of_range_is_shown_as_people_write_it(text: str, shown: str) -> None:
    with pytest.raises(CitizenError) as caught:
        answers.read(element("integer", min=1, max=20), text, TODAY)
    assert caught.value.response == "utter_bad_range"
    assert caught.value.values["found"] == shown


@pytest.mark.parametrize(("text", "month"), [
    ("2025年1月", "2025-01"), ("2025-01", "2025-01"), ("2025/1", "2025-01"), ("202501", "2025-01"), ("2025.01", "2025-01"),
    ("2025年1月份", "2025-01"), ("去年3月", "2025-03"), ("上个月", "2026-10"), ("二〇二五年一月", "2025-01"), ("今年三月", "2026-03"),
    ("2025年1月15号", "2025-01"), ("本月", "2026-11"), ("2026 年 11 月", "2026-11"),
])
def test_a_month_is_kept_as_a_month(text: str, month: str) -> None:
    assert answers.read(element("month", not_after_today=True), text, TODAY) == month


@pytest.mark.parametrize(("text", "response"), [
    ("2025年13月", "utter_bad_month"), ("哪个月都行", "utter_bad_month"), ("明年1月", "utter_bad_date_future"),
    ("2026年12月", "utter_bad_date_future"), ("202513", "utter_bad_month"),
])
def test_what_is_no_month_or_has_not_begun_is_explained(text: str, response: str) -> None:
    with pytest.raises(CitizenError) as caught:
        answers.read(element("month", not_after_today=True), text, TODAY)
    assert caught.value.response == response


def test_a_month_is_shown_without_a_day() -> None:
    assert answers.show(element("month"), "2025-01") == "2025 年 1 月"
    assert answers.show(element("month"), "2025-01-01") == "2025 年 1 月"  # kept before there were months
