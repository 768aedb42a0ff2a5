"""The life of a case as its citizen meets it: 补正, news without asking, the rating, the document."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
import requests

from tests.support.applicant import apply_for
from tests.support.departments import Departments
from tests.support.gateway import Gateway

DEPARTMENT, ITEM = "housing-construction", "public-rental"


@pytest.fixture
def sender() -> str:
    return uuid.uuid4().hex


@pytest.fixture
def receipt(gateway: Gateway, sender: str) -> str:
    """The receipt number of an application that the department has received."""
    receipt = apply_for(gateway.say, sender, ITEM)
    assert "待受理" in words(gateway.say(sender, f"查进度 {receipt}"))
    return receipt


def words(replies: list[dict[str, Any]]) -> str:
    return "\n".join(r["text"] for r in replies)


def payload(replies: list[dict[str, Any]], title: str) -> str:
    """What the button of that title sends."""
    found = {b["title"]: b["payload"] for r in replies for b in r.get("buttons", [])}
    assert title in found, replies
    return str(found[title])


def advance(departments: Departments, receipt: str, status: str) -> None:
    """The department moves the case."""
    case = next(c for c in departments.ledger(DEPARTMENT) if c["receipt"] == receipt)
    departments.advance(DEPARTMENT, case["reference"], status)


def test_what_the_department_asks_for_is_written_read_back_and_sent(
    gateway: Gateway, departments: Departments, sender: str, receipt: str
) -> None:
    advance(departments, receipt, "supplement")
    told = gateway.say(sender, "办到哪了")
    assert "情况说明" in words(told)
    assert "不计办理时间" in words(told)
    asked = gateway.say(sender, payload(told, "现在补"))
    assert asked[-1]["custom"]["expects"]["element"] == "supplement_note"
    digressed = gateway.say(sender, "公租房要多久能办好？")
    assert digressed[-1]["custom"]["expects"]["element"] == "supplement_note"
    back = gateway.say(sender, "因为换了工作，从今年九月起租住在文昌路")
    assert "换了工作" in words(back)
    rewritten = gateway.say(sender, payload(back, "重写"))
    assert rewritten[-1]["custom"]["expects"]["element"] == "supplement_note"
    gateway.say(sender, "工作调动，现在租住在文昌路")
    done = gateway.say(sender, "交上去")
    assert "已经收到" in words(done)
    assert "办理中" in words(gateway.say(sender, f"查进度 {receipt}"))
    assert "没有要补材料" in words(gateway.say(sender, "我要补交材料"))


def test_an_ended_case_is_rated_once_and_its_document_can_be_checked(
    gateway: Gateway, departments: Departments, sender: str, receipt: str
) -> None:
    advance(departments, receipt, "done_granted")
    told = gateway.say(sender, "办到哪了")
    assert "办好了" in words(told)
    link = re.search(r"https?://\S+/documents/[\w.-]+", words(told))
    code = re.search(r"验证码 ((?:[0-9A-Z]{4} ?){4})", words(told))
    assert link
    assert code
    rated = gateway.say(sender, payload(told, "满意"))
    assert "记下了" in words(rated)
    assert "打过分了" in words(gateway.say(sender, payload(told, "非常满意")))
    assert "满意吗" not in words(gateway.say(sender, "办到哪了"))
    document = requests.get(link.group(), timeout=20)
    assert document.headers["Content-Type"] == "application/pdf"
    assert document.content.startswith(b"%PDF")
    page = requests.get(f"{gateway.url}/verify", params={"code": code.group(1)}, timeout=20)
    assert page.status_code == 200
    assert "是真的" in page.text
    assert receipt not in page.text
    assert "王小明" not in page.text


@pytest.mark.parametrize("asked", ["现在呢", "有消息没", "后来怎么样了"])
def test_words_that_name_nothing_ask_how_the_case_in_talk_goes(
    gateway: Gateway, departments: Departments, sender: str, receipt: str, asked: str
) -> None:
    advance(departments, receipt, "accepted")
    assert "已受理" in words(gateway.say(sender, asked))


@pytest.mark.parametrize(("said", "grade"), [("还行吧", "基本满意"), ("挺好的", "满意"), ("不太好", "不满意")])
def test_a_grade_in_plain_words_is_taken_while_an_ended_case_waits_for_one(
    gateway: Gateway, departments: Departments, sender: str, receipt: str, said: str, grade: str
) -> None:
    advance(departments, receipt, "done_granted")
    assert "满意吗" in words(gateway.say(sender, "好了没"))
    assert f"，{grade}。" in words(gateway.say(sender, said))
    assert "记下" not in words(gateway.say(sender, said)), "it is given once"


def test_a_document_says_nothing_to_whoever_guesses(gateway: Gateway) -> None:
    forged = requests.get(f"{gateway.url}/documents/IllkIg.aaaa.bbbb", timeout=20)
    assert (forged.status_code, forged.headers["Content-Type"][:9]) == (404, "text/html")
    slip = requests.get(f"{gateway.url}/verify?code=<script>alert(1)</script>", timeout=20)
    assert "验证码不对" in slip.text
    assert "<script>" not in slip.text
    codes = [requests.get(f"{gateway.url}/verify?code=x{n}", timeout=20).status_code for n in range(25)]
    assert codes[-1] == 429


def test_a_supplement_without_a_request_is_answered_with_what_to_do(gateway: Gateway, sender: str) -> None:
    assert "没有要补材料" in words(gateway.say(sender, "我要补交材料"))
    assert "没有等着打分" in words(gateway.say(sender, "我要评价"))
