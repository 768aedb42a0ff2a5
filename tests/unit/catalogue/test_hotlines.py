"""Who asks for what is not ours is sent to the line whose it is; a bad table names what is wrong."""

from __future__ import annotations

import pytest

from gateway.catalogue.hotlines import find_hotline, load_hotlines, read_hotlines
from gateway.errors import CatalogueErrors

GOOD = "hotlines:\n  - {number: '12305', name: 邮政业申诉热线, say: 报上运单号。, words: [快递丢, 快递]}\n"


@pytest.mark.parametrize(("text", "number"), [
    ("快递丢了", "12305"), ("我的包裹不见了", "12305"), ("停电了怎么办", "95598"), ("高铁票怎么退", "12306"),
    ("手机套餐乱扣费", "12300"), ("我被骗了两万块", "96110"), ("明天下雨吗", "12121"), ("网约车绕路", "12328"),
    ("停水两天了", "12345"), ("保险公司不理赔", "12378"), ("怎么看我的征信", "12363"), ("想找个律师", "12348"),
])
def test_words_lead_to_the_line(text: str, number: str) -> None:
    line = find_hotline(load_hotlines(), text)
    assert line is not None
    assert line.number == number


@pytest.mark.parametrize("text", ["写首诗", "身份证丢了怎么补", "要多少钱", "寄到家要多久", "快递费多少"])
def test_other_words_lead_nowhere(text: str) -> None:
    assert find_hotline(load_hotlines(), text) is None


def test_the_longest_word_decides() -> None:
    lines = read_hotlines("hotlines:\n  - {number: '1', name: a, say: b, words: [快递]}\n  - {number: '2', name: a, say: b, words: [快递丢]}\n".encode())
    found = find_hotline(lines, "快递丢了")
    assert found is not None
    assert found.number == "2"


def test_every_number_is_there_once() -> None:
    numbers = [line.number for line in load_hotlines()]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize(("text", "complaint"), [
    ("lines: []\n", "is no list of hotlines"),
    ("hotlines:\n  - {number: '1', name: a, say: b}\n", "has 'number', 'name', 'say'"),
    (GOOD.replace("words:", "wrods:"), "wrods"),
    (GOOD.replace("[快递丢, 快递]", "[快]"), "two characters or more"),
    (GOOD.replace("[快递丢, 快递]", "快递"), "two characters or more"),
])
def test_a_bad_table_is_refused_with_its_place(text: str, complaint: str) -> None:
    with pytest.raises(CatalogueErrors, match=complaint) as caught:
        read_hotlines(text.encode())
    assert "hotlines.yml" in str(caught.value)
