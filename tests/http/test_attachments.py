"""Photos through the doors of REST and the widget."""

from __future__ import annotations

import io
import uuid

import pytest
import requests
from PIL import Image

from tests.support.gateway import Gateway

SECONDS = 20


def photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(out, "JPEG")
    return out.getvalue()


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
    assert "不用传照片" in answer.json()["error"]
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
