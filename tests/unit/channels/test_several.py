"""Two requests in one message are told apart; one request is never torn."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.several import MOST, parts_of


@pytest.mark.parametrize(("text", "parts"), [
    ("身份证补办多少钱，另外公积金怎么取", ["身份证补办多少钱", "公积金怎么取"]),
    ("身份证丢了怎么补？还有护照怎么换", ["身份证丢了怎么补", "护照怎么换"]),
    ("帮我查公积金再帮我查社保", ["帮我查公积金", "帮我查社保"]),
    ("我想办居住证。同时帮我查公积金", ["我想办居住证", "查公积金"]),
    ("身份证丢了怎么补，对了公积金怎么取", ["身份证丢了怎么补", "公积金怎么取"]),
    ("身份证丢了怎么补，还想问护照怎么办", ["身份证丢了怎么补", "想问护照怎么办"]),
    ("查社保缴费还有公积金余额", ["查社保缴费", "公积金余额"]),
    ("护照要多少钱，还有多久能拿到", ["护照要多少钱", "多久能拿到"]),
    ("顺便问一下，公积金怎么取", ["顺便问一下，公积金怎么取"]),
])
def test_requests_are_told_apart_at_the_words_that_link_them(text: str, parts: list[str]) -> None:
    assert parts_of(text) == parts


@pytest.mark.parametrize("text", [
    "身份证丢了，怎么补",
    "我的公积金账户还有多少余额",
    "养老保险交了十年还有几年才能退休",
    "居住证已经办完了什么时候能拿到",
    "失业金可以同时领养老金吗",
    "我填的地址对了为什么还不通过",
    "身份证丢了怎么补，另外呢",  # too short to be a request
    "另外",
    "",
    '/consult{"item": "a，另外身份证丢了怎么补"}',
])
def test_a_message_with_one_request_stays_whole(text: str) -> None:
    assert parts_of(text) == [text]


def test_what_comes_after_the_third_request_stays_with_it() -> None:
    text = "我要办居住证，顺便查公积金余额，另外预约婚姻登记，还有护照怎么换"
    assert parts_of(text) == ["我要办居住证", "查公积金余额", "预约婚姻登记，护照怎么换"]


@given(st.text(st.sampled_from("身份证怎么补另外还有顺便再帮我问，。 /")))
def test_any_message_has_one_to_three_requests_and_none_is_empty(text: str) -> None:
    parts = parts_of(text)
    assert 1 <= len(parts) <= MOST
    assert parts == [text] or all(parts)
