"""Two matters in one list are taken apart; papers to bring, people and comparisons are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.catalogue.loader import load
from gateway.channels.joined import MOST, Joined
from gateway.settings import ROOT

JOINED = Joined(load(ROOT / "catalogue"))


@pytest.mark.parametrize(("text", "parts"), [
    ("钱包丢了，身份证社保卡都没了", ["身份证没了", "社保卡没了"]),
    ("身份证和驾照补办各多少钱", ["身份证补办多少钱", "驾照补办多少钱"]),
    ("身份证、驾照都丢了怎么补", ["身份证丢了怎么补", "驾照丢了怎么补"]),
    ("补办身份证和驾照要多久", ["补办身份证要多久", "补办驾照要多久"]),
    ("我要补办身份证和驾照", ["我要补办身份证", "我要补办驾照"]),
    ("身份证和护照都过期了怎么办", ["身份证过期了怎么办", "护照过期了怎么办"]),
    ("我想查一下公积金和社保", ["我想查一下公积金", "我想查一下社保"]),
    ("帮我补身份证和查公积金", ["帮我补身份证", "帮我查公积金"]),
    ("结婚登记和离婚登记在哪办", ["结婚登记在哪办", "离婚登记在哪办"]),
    ("身份证补领和社保卡挂失分别要多久", ["身份证补领要多久", "社保卡挂失要多久"]),
    ("孩子的身份证和社保卡怎么办", ["孩子的身份证怎么办", "孩子的社保卡怎么办"]),
    ("护照、港澳通行证要带什么", ["护照要带什么", "港澳通行证要带什么"]),
    ("身份证丢了，驾照也丢了，怎么补", ["身份证丢了，怎么补", "驾照丢了，怎么补"]),
    ("驾照、身份证、社保卡都丢了", ["驾照丢了", "身份证丢了", "社保卡丢了"]),
    ("办居住证和社保卡要什么材料", ["办居住证要什么材料", "办社保卡要什么材料"]),
    ("身份證和駕照都丟了怎麼補", ["身份证丢了怎么补", "驾照丢了怎么补"]),
    ("失业金以及技能补贴怎么领", ["失业金怎么领", "技能补贴怎么领"]),
    ("身份证还有社保卡都丢了", ["身份证丢了", "社保卡丢了"]),
    ("挂失社保卡，补办身份证", ["挂失社保卡", "补办身份证"]),
    ("无犯罪证明和完税证明怎么开", ["无犯罪证明怎么开", "完税证明怎么开"]),
])
def test_each_matter_of_a_list_gets_a_sentence_of_its_own(text: str, parts: list[str]) -> None:
    assert JOINED.parts(text) == parts


@pytest.mark.parametrize("text", [
    "身份证和户口本要带吗",
    "我和老婆一起办结婚证",
    "办护照要带身份证和户口本吗",
    "身份证和社保卡是一张吗",
    "身份证和驾照地址不一致怎么办",
    "护照和港澳通行证可以一起办吗",
    "失业金和养老金能同时领吗",
    "临时身份证和身份证有什么区别",
    "拿身份证和社保卡就能办吗",
    "用身份证和驾照租车",
    "补身份证要户口本和照片吗",
    "公积金贷款和公积金提取影响吗",
    "身份证丢了，补办身份证多少钱",
    "结婚证丢了，办护照可以吗",
    "我有身份证，社保卡丢了",
    "身份证和驾照在一个钱包里丢的，补办身份证要多久",
    "离婚证和身份证要复印件吗",
    "姓名和身份证号填错了",
    "凭身份证、居住证能办老年卡吗",
    "护照和身份证哪个先办",
    "没有身份证和户口本怎么办居住证",
    "身份证上和户口上的名字不一样",
    "我妈和我爸的养老认证怎么做",
    "要身份证和社保卡吗",
    "身份证社保卡绑定怎么弄",
    "驾照到期了，身份证没带能换吗",
    "社保卡和医保卡是不是一回事",
    "身份证丢了怎么补",
    "",
    '/consult{"item": "身份证和驾照都丢了"}',
])
def test_what_is_one_question_stays_whole(text: str) -> None:
    assert JOINED.parts(text) == [text]


@given(st.text(st.sampled_from("身份证驾照护和、，都丢了补办怎么多少钱带 /")))
def test_any_text_gives_one_to_three_sentences_and_none_is_empty(text: str) -> None:
    parts = JOINED.parts(text)
    assert 1 <= len(parts) <= MOST
    assert parts == [text] or all(parts)
