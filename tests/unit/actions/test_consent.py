"""Consent is said in so many words: nothing else counts as a yes."""

from __future__ import annotations

import pytest

from actions.consent import AGREES, REFUSES


@pytest.mark.parametrize("said", ["同意", "好的", "嗯嗯", "可以", "行吧", "好，你取吧", "没问题", "OK", "那就同意吧", "是的。", "我同意授权"])
def test_a_yes_is_a_yes(said: str) -> None:
    assert AGREES.fullmatch(said)
    assert not REFUSES.search(said)


@pytest.mark.parametrize("said", ["提交", "随便", "好烦", "行不行", "可以吗", "授权是什么？", "13800138000", "快点", "对方是谁", "好像不对"])
def test_whatever_else_is_no_yes(said: str) -> None:
    assert not AGREES.fullmatch(said) or REFUSES.search(said)


@pytest.mark.parametrize("said", ["不同意", "不行", "我自己填", "别取", "不可以", "不授权"])
def test_a_no_is_a_no(said: str) -> None:
    assert REFUSES.search(said)
