"""An amount is read in an answer; in a sentence only where it is clearly money."""

from __future__ import annotations

import pytest

from gateway.cases.numbers import find_amount, find_money


def money(text: str) -> list[float]:
    return [float(found.value) for found in find_money(text)]


@pytest.mark.parametrize(("text", "amount"), [
    ("1500", 1500), ("1,500.50元", 1500.5), ("1.5万", 15000), ("两千五", 2500), ("一万二", 12000),
    ("三百五十", 350), ("十二", 12), ("每月 2800 块", 2800), ("一个月一千二", 1200), ("1个月3500", 3500), ("一月", 1), ("不知道", None),
])
def test_an_amount_is_read_in_digits_and_characters(text: str, amount: float | None) -> None:
    assert find_amount(text) == amount


@pytest.mark.parametrize(("text", "amount"), [
    ("房租2500元能提多少", 2500), ("每月 2,800.50 元", 2800.5), ("花了三百块钱", 300), ("¥1200", 1200), ("人民币5000", 5000),
    ("贷款50万", 500_000), ("首付十二万够吗", 120_000), ("贷2千5", 2500), ("一万二", 12_000), ("20多万元", 200_000),
    ("房租 2500 够不够", 2500), ("房租八百", 800), ("工资一共8000", 8000), ("金额:99.5", 99.5), ("月薪大概六千五", 6500),
    ("欠我5500没给", 5500), ("罚款大约200", 200), ("注册资本1亿", 100_000_000),
])
def test_a_sum_is_money_by_its_unit_its_size_or_a_word_beside_it(text: str, amount: float) -> None:
    assert money(text) == [amount]


@pytest.mark.parametrize("text", [
    "2026年3月", "贷款30年", "交了15年社保", "3个人", "住5楼", "5号楼2单元", "3万人", "二万五千里", "2千米", "收入证明2份", "扣了12分", "公积金交了5次",
    "工资3月没发", "工资一直拖着", "缴费一次", "一块去办", "三元桥", "千万别", "万一没带", "还款24期", "二〇二六", "提交12345", "10%", "花6k",
    "第三元", "费用3-5天到账", "房租12个月",
])
def test_a_year_a_count_a_floor_or_a_term_is_no_money(text: str) -> None:
    assert money(text) == []


def test_every_sum_of_a_sentence_is_found_where_it_stands() -> None:
    text = "首付30万元贷款70万"
    assert [text[f.start:f.end] for f in find_money(text)] == ["30万元", "70万"]
