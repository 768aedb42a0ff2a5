"""A question of the guide is found by its topic or its subject, and only when one fits."""

from __future__ import annotations

import pytest

from actions.questions import answered_question, named_question
from gateway.catalogue.loader import load
from gateway.settings import ROOT

ITEMS = load(ROOT / "catalogue").items


@pytest.mark.parametrize(("item", "text", "words"), [
    ("id-card-lost", "能代办吗", "本人办"),
    ("id-card-lost", "找到了还要补吗", "不用补"),
    ("id-card-lost", "明天要坐飞机", "临时乘机证明"),
    ("id-card-lost", "太慢了", "临时身份证"),
    ("id-card-lost", "我是外地户口", "到窗口办"),
    ("driver-license-lost", "让我老公去行吗", "委托书"),
    ("passport", "能加急吗", "5 个工作日"),
    ("passport", "别人能替我办吗", "不能"),
    ("elderly-allowance", "我替她办行不行", "代办人的身份证"),
    ("divorce-registration", "要冷静期吗", "30 天"),
    ("divorce-registration", "孩子归谁", "离婚协议"),
    ("divorce-registration", "财产怎么分", "离婚协议"),
    ("social-security-card-lost", "卡找到了怎么办", "解挂"),
    ("marriage-registration", "可以找人代办吗", "一起到"),
])
def test_a_question_that_fits_any_service_is_answered_from_the_guide(item: str, text: str, words: str) -> None:
    found = answered_question(ITEMS[item], text)
    assert found is not None
    assert words in found.answer


@pytest.mark.parametrize(("item", "text"), [
    ("id-card-lost", "多少钱"), ("id-card-lost", "要带什么"), ("id-card-lost", "在哪办"), ("id-card-lost", "要多久"),
    ("id-card-lost", "帮我补办身份证"), ("id-card-lost", "怎么办"), ("driver-license-lost", "驾照丢了怎么办"),
    ("marriage-registration", "孩子归谁"), ("passport", "要本人去吗"),
    ("contribution-certificate", "能代办吗"),
])
def test_what_a_guide_does_not_ask_is_left_to_its_aspects(item: str, text: str) -> None:
    assert answered_question(ITEMS[item], text) is None


@pytest.mark.parametrize(("item", "text", "asked"), [
    ("divorce-registration", "财产怎么分", True), ("id-card-lost", "帮我孩子写作业", False),
    ("passport", "天气太慢热起来了", False),
])
def test_talk_beside_the_matter_is_answered_only_by_a_question_whose_words_it_has(
    item: str, text: str, asked: bool
) -> None:
    assert (named_question(ITEMS[item], text) is not None) == asked
