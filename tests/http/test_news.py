"""News of a case without a message: on an open page, and in WeChat; once, and never before an answer."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from tests.http.test_wechat import said, send, text
from tests.http.test_wechat_files import WeChat, api, wechat
from tests.support.applicant import apply_for
from tests.support.departments import Departments
from tests.support.gateway import Gateway

__all__ = ["api", "wechat"]
SECONDS = 20
DEPARTMENT, ITEM = "medical-insurance", "medical-remote-filing"


def call(gateway: Gateway, door: str, **body: str) -> requests.Response:
    return requests.post(f"{gateway.url}/webhooks/widget/{door}", json=body, timeout=SECONDS)


def say(gateway: Gateway) -> Callable[[str, str], list[dict[str, Any]]]:
    """The widget's door, as ``apply_for`` speaks through it."""

    def through(token: str, message: str) -> list[dict[str, Any]]:
        replies: list[dict[str, Any]] = call(gateway, "webhook", token=token, message=message).json()
        return replies

    return through


@pytest.fixture
def token(gateway: Gateway) -> str:
    return str(call(gateway, "session").json()["token"])


@pytest.fixture
def telling(gateway: Gateway, departments: Departments) -> Iterator[None]:
    """The department tells by itself how cases stand."""
    departments.call_back(DEPARTMENT, gateway.url)
    yield
    departments.call_back(DEPARTMENT, "")


def moved(departments: Departments, receipt: str, status: str) -> None:
    case = next(c for c in departments.ledger(DEPARTMENT) if c["receipt"] == receipt)
    departments.advance(DEPARTMENT, case["reference"], status)


def until(look: Callable[[], Any]) -> Any:
    """What ``look`` finds, as soon as it finds something. It looks slower than a page's limit allows."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.5)
    raise AssertionError("nothing came")


def silent_news(gateway: Gateway, token: str) -> list[str]:
    return [r["text"] for r in call(gateway, "news", token=token).json()]


@pytest.mark.usefixtures("telling")
def test_an_open_page_hears_news_once_and_nobody_else_does(
    gateway: Gateway, departments: Departments, token: str
) -> None:
    receipt = apply_for(say(gateway), token, ITEM)
    stranger = call(gateway, "session").json()["token"]
    say(gateway)(stranger, "你好")
    moved(departments, receipt, "done_granted")
    time.sleep(1)
    assert silent_news(gateway, stranger) == []
    told = until(lambda: silent_news(gateway, token))
    assert any("有进展" in words for words in told)
    assert silent_news(gateway, token) == []
    assert "有进展" not in " ".join(r["text"] for r in say(gateway)(token, "谢谢"))


@pytest.mark.usefixtures("telling")
def test_news_do_not_come_between_a_question_and_its_answer(
    gateway: Gateway, departments: Departments, token: str
) -> None:
    receipt = apply_for(say(gateway), token, ITEM)
    asked = say(gateway)(token, "我要补办身份证")
    assert asked[-1]["custom"]["expects"]["element"] == "name"
    moved(departments, receipt, "in_progress")
    for _ in range(4):
        assert silent_news(gateway, token) == []
        time.sleep(0.5)
    stopped = say(gateway)(token, "算了")
    assert "有进展" in " ".join(r["text"] for r in stopped)


def test_asking_for_news_too_often_is_refused(gateway: Gateway, token: str) -> None:
    answers = [call(gateway, "news", token=token).status_code for _ in range(26)]
    assert answers[0] == 200
    assert answers[-1] == 429, "more than twelve in a minute"


@pytest.mark.parametrize("token", ["", "forged"])
def test_news_need_the_visitors_token(gateway: Gateway, token: str) -> None:
    assert call(gateway, "news", token=token).status_code == 401


def in_wechat(gateway: Gateway, departments: Departments) -> tuple[str, str]:
    """Somebody in WeChat with a case: (openid, receipt)."""
    source = "o" + uuid.uuid4().hex
    for words in ("我妈在外地住院，想办异地就医备案", "刘芳", "110105195505050069", "13800138000", "临时去看病", "北京", "昨天"):
        said(send(gateway, text(source, words)))
    submitted = said(send(gateway, text(source, "确认提交")))
    assert "受理编号" in submitted
    return source, next(c["receipt"] for c in departments.ledger(DEPARTMENT) if c["receipt"] in submitted)


def test_in_wechat_news_are_told_without_a_message(
    wechat: Gateway, departments: Departments, api: WeChat
) -> None:
    source, receipt = in_wechat(wechat, departments)
    departments.call_back(DEPARTMENT, wechat.url)
    moved(departments, receipt, "in_progress")
    assert "有进展" in api.heard(source)
    assert "1. 看进度" in api.heard(source)
    departments.call_back(DEPARTMENT, "")
    assert "办理中" in said(send(wechat, text(source, "1"))), "the number picks the button of the news"


def test_what_wechat_does_not_deliver_comes_with_the_next_message(
    wechat: Gateway, departments: Departments, api: WeChat
) -> None:
    source, receipt = in_wechat(wechat, departments)
    api.refuses.add(source)
    departments.call_back(DEPARTMENT, wechat.url)
    moved(departments, receipt, "in_progress")
    until(lambda: source in api.refused)
    departments.call_back(DEPARTMENT, "")
    until(lambda: "有进展" in said(send(wechat, text(source, "谢谢"))))
    assert [t for t in api.told if t["to"] == source] == []
