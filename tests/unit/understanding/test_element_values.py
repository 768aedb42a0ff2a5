"""Every value of a message is found in normal form, whatever is written and as fast as one may wish."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.understanding.element_values import find_elements
from tests.support.pace import paced

TODAY = dt.date(2026, 11, 24)  # a Tuesday
KINDS = {
    "receipt", "id_number", "credit_code", "bank_card", "phone", "email", "plate", "amount", "date", "region",
}
LONG = 2000
MOST_PACE, LEAST_PACE = 1.5, 0.1
MOST_GROWTH = 3.0
"""Twice the text may take a little more than twice the time, and never four times."""
PIECES = st.sampled_from([
    *"0123456789年月日号天周一二三四五六十百千万元块的在到我省市区县路底前后上下个半-/.,:@ ￥①ﷺ\n\0",
    "成都", "武侯区", "内蒙古自治区", "北京", "11010519491231002X", "13800138000", "a@b.cn", "京A12345", "农历", "两周", "下个月",
    "明年", "房租", "YW261123", "９１", "𠮷", "\ud800", "२", "½",
])


@pytest.mark.parametrize(("text", "found"), [
    (
        "我叫王小明，身份证１１０１０５１９４９１２３１００２Ｘ，电话138 0013 8000，下周三在成都武侯区签的合同，房租2500元",
        {"id_number": "11010519491231002X", "phone": "13800138000", "date": "2026-12-02", "region": "510107",
         "amount": "2500.00"},
    ),
    ("车牌京A·12345，去年3月在天津买的", {"plate": "京A12345", "date": "2025-03-01", "region": "120000"}),
    ("代码91350100M000100Y43，邮箱 a.b@example.com", {"credit_code": "91350100M000100Y43", "email": "a.b@example.com"}),
    ("下週三去廣東", {"date": "2026-12-02", "region": "440000"}),
    ("卡号6222020000000000003，转了三千块", {"amount": "3000.00"}),
    ("身份证110105 19491231 002X丢了", {"id_number": "11010519491231002X"}),
    ("利率3.5，10.8万，海南路5号楼", {"amount": "108000.00"}),
    ("身份证丢了怎么补", {}),
])
def test_all_values_of_a_message_are_found_at_once(text: str, found: dict[str, str]) -> None:
    assert find_elements(text, TODAY) == found


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=60).map("".join)))
def test_nothing_that_may_be_written_is_too_much(text: str) -> None:
    found = find_elements(text, TODAY)
    assert set(found) <= KINDS
    assert all(value and isinstance(value, str) for value in found.values())


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=4).map("".join))
def test_a_long_message_made_of_repeats_is_read_to_its_end(piece: str) -> None:
    assert set(find_elements((piece * LONG)[:LONG], TODAY)) <= KINDS


@pytest.mark.parametrize("piece", [
    "1", "一", "12 ", "a@", "a.", "a@1.", "1,111", "成都", "北京朝阳区", "京A1", "下", "上", "周一", "1元", "房租1", "6222 ", "月一",
    "内蒙古", "年底", "农历", "1-", "ﷺ", "\n", "13", "的", "西安", "YW123456 ",
])
def test_two_thousand_characters_take_some_20_ms_and_twice_as_many_not_four_times_that(piece: str) -> None:
    find_elements("成都", TODAY)  # the table of regions is read once

    def read(length: int, enough: float = 0) -> float:  # another ending makes it another message, normalised anew
        return paced(lambda number: find_elements(f"{(piece * length)[:length - 1]}{number}", TODAY), enough)

    once = read(LONG)
    assert once < MOST_PACE
    most = 2 * MOST_GROWTH * max(once, LEAST_PACE)
    assert read(4 * LONG, most) < most
