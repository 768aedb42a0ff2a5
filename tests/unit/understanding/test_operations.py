"""What a message says it is not does not count, and what is to be done is read off its words."""

from __future__ import annotations

import pytest

from gateway.understanding.operations import NAMES, affirmed, read_operations


@pytest.mark.parametrize(("text", "meant"), [
    ("不是补办，是到期换", "到期换"),
    ("不是我，是我妈要认证", "我妈要认证"),
    ("没丢，是到期了", "到期了"),
    ("我不要注销，我要变更", "我变更"),
    ("不想补证，只是换新的", "换新的"),
    ("别给我贷款，我想提取", "提取"),
])
def test_only_what_is_affirmed_is_left(text: str, meant: str) -> None:
    assert affirmed(text) == meant


@pytest.mark.parametrize("text", [
    "身份证丢了怎么补",
    "不是补办",
    "我没有社保卡，想办一张",  # what is missing is the matter
    "孩子没有身份证，我要给他办",
    "没有户口本，是不是办不了",
    "特别着急，我想补身份证",
    "别的城市的社保我想转过来",
    "别人用我的身份证办了卡，我要挂失",
    "性别登记错了，我要改",
    "是不是要本人去，我想办社保卡",
    "要不要带户口本，我想办护照",
    "",
])
def test_nothing_is_taken_from_a_message_that_takes_nothing_back(text: str) -> None:
    assert affirmed(text) == text


@pytest.mark.parametrize(("text", "operations"), [
    ("身份证丢了怎么补", {"lost"}),
    ("身份证到期换证", {"renew"}),
    ("公司变更法人", {"change"}),
    ("注销营业执照", {"cancel", "set_up"}),
    ("公积金余额查询", {"ask"}),
    ("离婚登记", {"end"}),
    ("提取公积金", {"take"}),
    ("公积金贷款", {"borrow"}),
    ("临时身份证", {"temporary"}),
    ("身份证", set()),
])
def test_operations_are_read_off_the_words(text: str, operations: set[str]) -> None:
    assert {name for name, there in zip(NAMES, read_operations(text), strict=True) if there} == operations
