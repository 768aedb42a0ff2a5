"""Words of the catalogue that were written by their sound are put right; nothing else is touched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.understanding.spelling import CHINESE, Speller

NAMES = ("住房公积金提取", "公积金贷款", "社保卡申领", "社保卡", "身份证补领", "身份证", *["社保缴费"] * 8)
KNOWN = ("公鸡今天打鸣", "社宝是我家的猫", "用ssl证书连上gjj2", "想问身份证丢了")
SPELLER = Speller(NAMES, KNOWN)


@pytest.mark.parametrize(("written", "meant"), [
    ("公基金怎么提", "公积金怎么提"),
    ("我的社宝卡丢了", "我的社保卡丢了"),
    ("身分证", "身份证"),
    ("深份证到期", "身份证到期"),  # sh and s, eng and en sound alike to many
    ("gjj怎么取", "公积金怎么取"),
    ("查一下shebaoka", "查一下社保卡"),
    ("shebao断了", "社保断了"),
    ("sfz 丢了", "身份证 丢了"),
])
def test_a_term_written_by_its_sound_its_pinyin_or_its_initials_is_put_right(
    written: str, meant: str
) -> None:
    assert SPELLER.correct(written) == meant


@pytest.mark.parametrize("text", [*NAMES, *KNOWN, "公鸡今天", "社宝"])
def test_words_that_we_know_are_never_changed(text: str) -> None:
    assert SPELLER.correct(text) == text


def test_letters_that_stand_in_our_own_texts_are_a_word_and_no_initials() -> None:
    names = ["公司设立登记"]
    assert Speller(names, []).correct("换gss") == "换公司设"
    assert Speller(names, ["nginx的gss证书"]).correct("换gss") == "换gss"


@pytest.mark.parametrize("text", [
    "约了周五过户", "退休取公积金带什么", "公积金代扣了多少",
])
def test_pieces_of_words_are_no_terms_and_no_word_is_torn_for_one(text: str) -> None:
    names = ["房屋过户", "公积金贷款", "公积金贷款还款"]
    assert Speller(names, ["要带什么材料", "带什么去", "每月代扣"]).correct(text) == text


def test_a_mistake_among_our_own_examples_is_still_a_mistake() -> None:
    names = ["公积金提取"]
    assert Speller(names, ["公基金怎么取", *["公积金怎么取"] * 30]).correct("取公基金") == "取公积金"
    assert Speller(names, ["公基金怎么取", *["公积金怎么取"] * 5]).correct("取公基金") == "取公基金"


@pytest.mark.parametrize("text", [
    "gjj@qq.com", "a@gjj.com", "https://gjj.gov.cn/shebao", "gjj123", "ap20251125gjj", "x.sfz",
    "13800138000", "", "   ", "hello", "?!。", "金", "ok",
])
def test_addresses_codes_numbers_and_strange_words_are_not_touched(text: str) -> None:
    assert SPELLER.correct(text) == text


def test_a_pair_of_characters_is_a_term_only_when_it_stands_in_many_names() -> None:
    rare, common = Speller(["社保缴费"], []), Speller(["社保缴费"] * 8, [])
    assert rare.correct("射保") == "射保"
    assert common.correct("射保") == "社保"


@pytest.mark.parametrize("text", ["公基金和社宝卡", "gjj shebaoka 身分证", "我的社宝卡、公基金、sfz"])
def test_what_was_put_right_is_not_changed_again(text: str) -> None:
    once = SPELLER.correct(text)
    assert once != text
    assert SPELLER.correct(once) == once


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    assert isinstance(SPELLER.correct(text), str)


@given(st.text(st.sampled_from("公积鸡基金今社射宝保卡咔身份分证政，。 的行")))
def test_chinese_keeps_its_length_and_everything_between_keeps_its_place(text: str) -> None:
    corrected = SPELLER.correct(text)
    assert CHINESE.sub(lambda m: "字" * len(m.group()), corrected) == CHINESE.sub(
        lambda m: "字" * len(m.group()), text
    )


def test_a_catalogue_without_names_changes_nothing() -> None:
    assert Speller([], []).correct("公基金 gjj") == "公基金 gjj"
