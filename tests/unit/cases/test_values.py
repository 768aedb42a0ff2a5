"""Values are read as people write them."""

from __future__ import annotations

import datetime as dt

import pytest

from gateway.cases import values

TODAY = dt.date(2026, 11, 24)  # a Tuesday


@pytest.mark.parametrize(("text", "day"), [
    ("2026-10-08", "2026-10-08"), ("2026年10月8号", "2026-10-08"), ("十月八号", "2026-10-08"),
    ("二〇二五年三月一日", "2025-03-01"), ("20261001", "2026-10-01"), ("10.8", "2026-10-08"),
    ("昨天丢的", "2026-11-23"), ("前天", "2026-11-22"), ("大前天", "2026-11-21"), ("明天", "2026-11-25"),
    ("下周三", "2026-12-02"), ("上周五", "2026-11-20"), ("3天前", "2026-11-21"), ("两周后", None),
    ("明年3月", "2027-03-01"), ("去年12月5日", "2025-12-05"), ("２０２６年１０月８日", "2026-10-08"),
    ("2026-13-40", None), ("2026年2月30日", None), ("没有日期", None),
])
def test_a_day_is_read_in_chinese_forms(text: str, day: str | None) -> None:
    found = values.find_date(text, TODAY)
    assert (found.isoformat() if found else None) == day


@pytest.mark.parametrize(("text", "amount"), [
    ("1500", 1500), ("1,500.50元", 1500.5), ("1.5万", 15000), ("两千五", 2500), ("一万二", 12000),
    ("三百五十", 350), ("十二", 12), ("每月 2800 块", 2800), ("不知道", None),
])
def test_an_amount_is_read_in_digits_and_characters(text: str, amount: float | None) -> None:
    assert values.find_amount(text) == amount


@pytest.mark.parametrize(("number", "problem"), [
    ("11010519491231002X", None), ("11010519491231002x", None), ("110105194912310021", "check"),
    ("1101051949123100", "length"), ("11010519491331002X", "birth_date"), ("1101051949123100AB", "characters"),
    ("X1010519491231002X", "characters"),
])
def test_an_identity_number_is_checked_after_gb_11643(number: str, problem: str | None) -> None:
    assert values.id_number_problem(number) == problem


def test_numbers_are_found_in_a_sentence_with_spaces() -> None:
    text = "我的身份证 110105 19491231 002X，电话 138 0013 8000"
    assert values.find_id_number(text) == "11010519491231002X"
    assert values.find_phone(text) == "13800138000"


def test_a_phone_is_not_found_inside_a_longer_number() -> None:
    assert values.find_phone("99138001380001") is None


@pytest.mark.parametrize(("text", "place"), [
    ("第二个", 2), ("2", 2), ("②", 2), ("选第三个吧", 3), ("B", 2), ("第十个", 10), ("两个人", None), ("二手房", None),
])
def test_an_ordinal_is_read_only_when_nothing_else_is_said(text: str, place: int | None) -> None:
    assert values.find_ordinal(text) == place


def test_plates_codes_and_mails_are_found() -> None:
    assert values.find_plate("车牌京A·12345 违章") == "京A12345"
    assert values.find_credit_code("代码91110000600037341L") == "91110000600037341L"
    assert values.find_email("发到 a.b@example.com 吧") == "a.b@example.com"
