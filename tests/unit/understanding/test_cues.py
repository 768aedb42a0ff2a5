"""Asking and wishing are told apart by what is said last."""

from __future__ import annotations

import pytest

from gateway.understanding.cues import cues, is_bare, last_clause


@pytest.mark.parametrize(("text", "last"), [
    ("身份证丢了，怎么补", "怎么补"),
    ("怎么都找不到了，给我补一张", "给我补一张"),
    ("怎么补？", "怎么补"),
    ("我要补证。要带什么？？ ~", "要带什么"),
    ("身份证 丢了", "丢了"),
    ("身份证", "身份证"),
    ("", ""),
    ("？？？", ""),
])
def test_the_last_clause_is_what_stands_behind_the_last_stop(text: str, last: str) -> None:
    assert last_clause(text) == last


@pytest.mark.parametrize("text", ["", "？", "身份证", "身份证丢了，怎么补", "no chinese at all", "的" * 5000])
def test_every_text_has_as_many_cues_and_each_is_there_or_not(text: str) -> None:
    found = cues(text)
    assert found.shape == cues("一问").shape
    assert set(found.tolist()) <= {0.0, 1.0}


@pytest.mark.parametrize(("one", "other"), [
    ("身份证丢了，怎么补", "怎么都找不到了，给我补一张"),  # asks, wishes
    ("身份证补领", "补领身份证吗"),  # a bare name, a question
    ("要多少钱", "要带什么材料"),
    ("约好的号取消掉", "给你打五分"),
])
def test_messages_of_other_acts_or_aspects_show_other_cues(one: str, other: str) -> None:
    assert cues(one).tolist() != cues(other).tolist()


@pytest.mark.parametrize(("text", "bare"), [
    ("多少钱", True), ("那它要多少钱", True), ("几天能办好", True), ("how much is it?", True), ("what to bring", True), ("烦死了,要多少钱", True),
    ("身份证多少钱", False), ("猫粮多少钱", False), ("过期了", False), ("下雨吗", False), ("", False),
    ("what is the weather today", False), ("how do i lose weight", False),
])
def test_a_bare_question_names_no_matter(text: str, bare: bool) -> None:
    assert is_bare(text) is bare
