"""Two requests in one message are told apart; one request is never torn."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.catalogue.loader import load
from gateway.channels.several import MOST, Several, parts_of
from gateway.settings import ROOT


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
    ("身份证补办多少钱，还有个问题，公积金怎么取", ["身份证补办多少钱", "公积金怎么取"]),
    ("身份证丢了，还有社保卡怎么挂失", ["身份证丢了", "社保卡怎么挂失"]),
])
def test_requests_are_told_apart_at_the_words_that_link_them(text: str, parts: list[str]) -> None:
    assert parts_of(text) == parts


@pytest.mark.parametrize("text", [
    "我爸去年走了，我妈一个人在老家，还有个妹妹在读书，我想问问低保怎么申请",
    "我和我老婆都是外地的，还有两个孩子，在这边租房住了三年，想申请公租房要什么条件",
    "昨天钱包被偷了，里面有身份证还有几百块钱，身份证怎么补",
    "上个月刚生了二胎，老公在外地，还有个大宝要照顾，孩子户口怎么上",
    "我去年在北京交过社保，然后今年回来了，社保怎么转",
    "我妈住院了，然后我爸也病了，医药费怎么报销",
    "我家还有一个老人八十岁了，高龄补贴怎么领",
    "我一直在厂里上班，还有三年退休，养老金怎么算",
    "我们结婚五年了，还有房贷，想离婚要什么材料",
    "我已经办了居住证，另外孩子也来了，入学要什么条件",
    "我们老家的房子拆了，同时户口也迁出来了，现在怎么办身份证",
    "孩子今年六岁，对了户口在外地，小学报名要什么材料",
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


SERVICES = {"身份证": "id-card-lost", "驾照": "driver-license-lost", "公积金": "housing-fund-query"}


def several(unclear: tuple[str, ...] = (), act: str = "consult") -> Several:
    """Requests told apart with an understanding that knows three words."""
    async def parse(text: str) -> dict[str, Any]:
        items = [{"item": i, "score": 0.9, "named": True} for word, i in SERVICES.items() if word in text]
        clarify = any(word in text for word in unclear)
        return {"act": act, "intent": {"name": act, "confidence": 0.9}, "items": items, "clarify": clarify}

    catalogue = load(ROOT / "catalogue")
    return Several(parse, lambda: catalogue)


async def test_a_list_in_one_of_two_requests_is_taken_apart_as_well() -> None:
    parts = await several().requests("身份证和驾照都丢了怎么补，另外公积金怎么取")
    assert parts == ["身份证丢了怎么补", "驾照丢了怎么补", "公积金怎么取"]


async def test_what_has_to_be_asked_about_is_handled_last() -> None:
    parts = await several(unclear=("身份证",)).requests("身份证怎么办，另外驾照补办多少钱")
    assert parts == ["驾照补办多少钱", "身份证怎么办"]


async def test_a_part_that_means_nothing_by_itself_leaves_the_message_whole() -> None:
    text = "身份证怎么补，另外驾照怎么补"
    assert await several(act="chitchat").requests(text) == [text]


async def test_a_loss_and_the_question_about_the_same_paper_stay_together() -> None:
    text = "我身份证丢了，还有就是身份证怎么补"
    assert await several().requests(text) == [text]
