"""Photos and PDFs through the doors of REST and the widget, until the department has them."""

from __future__ import annotations

import hashlib
import re
import uuid
from typing import Any

import pytest
import requests

from tests.support.applicant import apply_for, next_answer
from tests.support.departments import Departments
from tests.support.gateway import Gateway
from tests.support.papers import hostile, pdf, photo

SECONDS = 20


def send(gateway: Gateway, sender: str, content: bytes) -> requests.Response:
    return requests.post(
        f"{gateway.url}/webhooks/rest/attachment", params={"sender": sender}, data=content,
        headers={"Content-Type": "image/jpeg"}, timeout=SECONDS,
    )


def test_a_photo_before_anything_is_open_is_answered_with_what_to_do(gateway: Gateway) -> None:
    answer = send(gateway, uuid.uuid4().hex, photo())
    assert answer.status_code == 400
    assert "先说要办哪件事" in answer.json()["error"]


def test_a_photo_for_a_department_that_takes_none_is_answered_and_the_form_goes_on(gateway: Gateway) -> None:
    sender = uuid.uuid4().hex
    asked = gateway.say(sender, "我要补办身份证")
    answer = send(gateway, sender, photo())
    assert answer.status_code == 400
    assert "不用传照片或文件" in answer.json()["error"]
    assert gateway.say(sender, "王小明")[-1]["custom"]["expects"] != asked[-1]["custom"]["expects"]


def test_a_photo_may_be_larger_than_a_message_and_not_larger_than_the_limit(gateway: Gateway) -> None:
    sender = uuid.uuid4().hex
    assert send(gateway, sender, photo() + b"x" * 2**21).status_code == 400
    assert send(gateway, sender, photo() + b"x" * 9 * 2**20).status_code == 413
    message = b'{"message": "' + b"x" * 2**21 + b'"}'
    large = requests.post(f"{gateway.url}/webhooks/rest/webhook", data=message, timeout=SECONDS)
    assert large.status_code == 413


@pytest.mark.parametrize("token", ["", "forged"])
def test_the_widgets_photos_need_the_visitors_token(gateway: Gateway, token: str) -> None:
    answer = requests.post(
        f"{gateway.url}/webhooks/widget/attachment", data=photo(),
        headers={"Authorization": f"Bearer {token}"}, timeout=SECONDS,
    )
    assert answer.status_code == 401


def test_how_far_a_form_has_come_is_told_in_the_middle_of_it(gateway: Gateway) -> None:
    sender = uuid.uuid4().hex
    for message in ("我要补办身份证", "王小明", "11010519491231002X"):
        gateway.say(sender, message)
    told = gateway.say(sender, "我填到哪了")
    assert "填了 2 项" in told[0]["text"]
    assert "王小明" not in told[0]["text"]
    assert told[-1]["custom"]["expects"]["element"] == "phone"
    stopped = gateway.say(sender, "算了")
    assert "存 30 天" in stopped[0]["text"]


def until_the_contract(gateway: Gateway, sender: str) -> list[dict[str, Any]]:
    """Fill in a child's enrolment up to the question that takes files."""
    replies = gateway.say(sender, "外地户口，租房住，给孩子报名上小学")
    for _ in range(12):
        expects = replies[-1]["custom"].get("expects") or {}
        if expects.get("type") == "attachment":
            return replies
        given = {"school_enrolment_ground": "外地户口"}
        replies = gateway.say(sender, next_answer(replies, expects, given))
    raise AssertionError(replies)


def test_a_contract_sent_in_the_conversation_lies_at_the_department_byte_for_byte(
    gateway: Gateway, departments: Departments
) -> None:
    sender, contract, page = uuid.uuid4().hex, pdf(2), photo("PNG")
    asked = until_the_contract(gateway, sender)
    files = asked[-1]["custom"]["expects"]["files"]
    assert files == {
        "most": 3, "accept": "image/jpeg,image/png,application/pdf", "megabytes": "8", "pdf_megabytes": "2"
    }
    assert "还没收到" in gateway.say(sender, "传好了")[0]["text"]
    kept = send(gateway, sender, contract).json()
    assert "现在有 1 份" in kept[0]["text"]
    assert kept[0]["custom"]["expects"]["files"] == files, "the chooser stays"
    refused = send(gateway, sender, hostile("script"))
    assert (refused.status_code, "带着程序" in refused.json()["error"]) == (400, True)
    send(gateway, sender, page)
    confirming = gateway.say(sender, "传好了")
    assert "租房合同：2 份" in confirming[-1]["text"]
    submitted = gateway.say(sender, "确认提交")
    found = re.search(r"YW[0-9]{12}[0-9A-Z]", submitted[0]["text"])
    assert found, submitted
    kept_there = next(c for c in departments.ledger("education") if c["receipt"] == found.group())["fields"]["files"]
    assert f"residence_proof-1.pdf application/pdf {len(contract)} 字节" in kept_there
    assert hashlib.sha256(contract).hexdigest() in kept_there
    assert "residence_proof-2.png image/png" in kept_there


def test_the_last_file_that_a_question_takes_ends_it(gateway: Gateway) -> None:
    sender = uuid.uuid4().hex
    until_the_contract(gateway, sender)
    for _ in range(2):
        send(gateway, sender, photo())
    last = send(gateway, sender, photo()).json()
    assert "传齐了" in last[0]["text"]
    assert last[-1]["custom"]["state"] == "confirming"


def test_files_may_be_sent_anew_or_left_out(gateway: Gateway) -> None:
    sender = uuid.uuid4().hex
    until_the_contract(gateway, sender)
    send(gateway, sender, photo())
    again = gateway.say(sender, "重新传")
    assert "删掉了" in again[0]["text"]
    assert again[-1]["custom"]["expects"]["type"] == "attachment"
    asked = gateway.say(sender, "要多久能办好？")
    assert "20 个工作日" in asked[0]["text"]
    assert asked[-1]["custom"]["expects"]["type"] == "attachment"
    skipped = gateway.say(sender, '/inform{"skip": "yes"}')
    assert skipped[-1]["custom"]["state"] == "confirming"
    assert "租房合同" not in skipped[-1]["text"]


def test_writing_does_not_answer_a_question_for_files(gateway: Gateway) -> None:
    sender = uuid.uuid4().hex
    until_the_contract(gateway, sender)
    told = gateway.say(sender, "东湖路18号")
    assert "写字不算" in told[0]["text"]


def test_a_page_behind_a_link_is_closed_to_whoever_has_none(gateway: Gateway) -> None:
    for method in ("GET", "POST"):
        answer = requests.request(method, f"{gateway.url}/send/forged/attachment", timeout=SECONDS)
        assert answer.status_code == 410
        assert "不能用了" in answer.text


def test_a_supplement_may_be_files_that_reach_the_department(
    gateway: Gateway, departments: Departments
) -> None:
    sender, paper = uuid.uuid4().hex, pdf()
    receipt = apply_for(gateway.say, sender, "school-enrolment")
    case = next(c for c in departments.ledger("education") if c["receipt"] == receipt)
    departments.advance("education", case["reference"], "supplement")
    assert "要补" in gateway.say(sender, f"查进度 {receipt}")[0]["text"]
    asked = gateway.say(sender, f'/supplement_case{{"receipt": "{receipt}"}}')
    assert asked[-1]["custom"]["expects"]["files"]["most"] == 9
    kept = send(gateway, sender, paper).json()
    assert [b["title"] for b in kept[0]["buttons"]] == ["传好了"]
    assert kept[0]["custom"]["expects"]["files"], "the chooser stays"
    read_back = gateway.say(sender, kept[0]["buttons"][0]["payload"])
    assert "见附件，共 1 份" in read_back[-1]["text"]
    assert "files" not in read_back[-1]["custom"]["expects"]
    assert "补好了" in gateway.say(sender, "/affirm")[0]["text"]
    case = next(c for c in departments.ledger("education") if c["receipt"] == receipt)
    assert case["status"] == "21"
    assert hashlib.sha256(paper).hexdigest() in case["fields"]["supplementFiles"]
