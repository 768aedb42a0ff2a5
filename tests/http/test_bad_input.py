"""Bad input gets a clear reply or a 4xx with a reason: never a 5xx, never another person's data."""

from __future__ import annotations

import json
import re
import socket
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests

from gateway.settings import ROOT
from tests.support.gateway import Gateway

NAUGHTY = ROOT.parent / "shared" / "data" / "robustness" / "blns.json"


def post(gateway: Gateway, body: Any, **kwargs: Any) -> requests.Response:
    """One raw request to the REST channel."""
    return requests.post(f"{gateway.url}/webhooks/rest/webhook", data=body, timeout=20, **kwargs)


@pytest.mark.parametrize(("body", "reason"), [
    (b"", "JSON"), (b"{", "JSON"), (b"\xff\xfe", "JSON"), (b"[]", "object"), (b"null", "object"),
    (b'"text"', "object"), (b"{}", "message"), (b'{"message": 5}', "string"),
    (b'{"message": ["a"]}', "string"), (b'{"message": "a", "sender": 7}', "string"),
    (b'{"message": "a", "sender": "' + b"s" * 200 + b'"}', "128"),
    (b"[" * 20000, "JSON"),
])
def test_a_wrong_request_is_refused_with_its_reason(gateway: Gateway, body: bytes, reason: str) -> None:
    answer = post(gateway, body)
    assert 400 <= answer.status_code < 500
    assert reason in answer.json()["error"]


def test_a_message_that_is_too_long_says_how_much_is_allowed(gateway: Gateway) -> None:
    answer = post(gateway, json.dumps({"sender": "s", "message": "长" * 2001}).encode())
    assert answer.status_code == 413
    assert "2000" in answer.json()["error"]
    assert gateway.say("s", "身份证丢了" + "啊" * 1990)


@pytest.mark.parametrize("message", ["", "   ", "\n\t", "😀😀", "！！！？", "\u200b\u200b", "\x00\x01", "。"])
def test_a_message_without_words_is_answered_with_what_to_do(gateway: Gateway, message: str) -> None:
    replies = gateway.say(uuid.uuid4().hex, message)
    assert "要办的事" in replies[0]["text"]


@pytest.mark.parametrize("message", [
    "/", "/restart", "/session_start", "/back", "/nlu_fallback", "/unknown_act", "/etc/passwd",
    '/choose{"item": "../../x"}', '/choose{"item": ["a"]}', '/consult{"draft": "x"}', "/choose{", "//",
    '/inform{"value": "' + "x" * 300 + '"}', '/choose{"item": "id-card-lost"', "/EXTERNAL: x",
])
def test_a_made_up_payload_is_only_text(gateway: Gateway, message: str) -> None:
    replies = gateway.say(uuid.uuid4().hex, message)
    assert replies
    assert all(r["text"].strip() for r in replies)


@pytest.mark.skipif(not NAUGHTY.exists(), reason="the shared test material is not on this machine")
def test_every_naughty_string_gets_a_reply(gateway: Gateway) -> None:
    lines = json.loads(NAUGHTY.read_text(encoding="utf-8"))

    def answered(line: str) -> str:
        answer = post(gateway, json.dumps({"sender": uuid.uuid4().hex, "message": line}).encode())
        good = answer.status_code == 200 and answer.json() and answer.json()[0]["text"].strip()
        return "" if good else f"{line!r}: {answer.status_code} {answer.text[:100]}"

    with ThreadPoolExecutor(4) as pool:
        wrong = [w for w in pool.map(answered, lines) if w]
    assert not wrong


@pytest.mark.skipif(not NAUGHTY.exists(), reason="the shared test material is not on this machine")
def test_naughty_strings_are_no_name_and_do_no_harm_in_a_form(gateway: Gateway) -> None:
    sender = uuid.uuid4().hex
    gateway.say(sender, "我要挂失社保卡")
    for line in json.loads(NAUGHTY.read_text(encoding="utf-8"))[::12]:
        answer = post(gateway, json.dumps({"sender": sender, "message": line}).encode())
        assert answer.status_code == 200
        assert answer.json()
    assert gateway.say(sender, "转人工")


def test_other_peoples_receipts_are_answered_like_unknown_ones(gateway: Gateway) -> None:
    receipt = apply_for_lost_card(gateway, "owner-" + uuid.uuid4().hex)
    stranger = uuid.uuid4().hex
    theirs = gateway.say(stranger, f"查进度 {receipt}")[0]["text"].replace(receipt, "X")
    withdrawn = gateway.say(stranger, f'/withdraw_case{{"receipt": "{receipt}", "sure": "yes"}}')
    assert "没有查到" in theirs
    assert "没有查到" in withdrawn[0]["text"]


def apply_for_lost_card(gateway: Gateway, sender: str) -> str:
    """A whole application; returns its receipt number."""
    for message in (
        "我要补办身份证", "王小明", "11010519491231002X", "13800138000", "昨天", "跳过",
        '/inform{"value": "post"}', "文昌路8号2单元301", "确认提交",
    ):
        replies = gateway.say(sender, message)
    receipt = replies[-1]["custom"]["case"]
    assert receipt, replies
    return str(receipt)


def test_a_page_that_is_not_there_is_a_404_with_a_reason(gateway: Gateway) -> None:
    for path in ("/nothing", "/widget/nothing.js", "/widget/..%2fdoor.py", "/static/../secret.key"):
        answer = requests.get(gateway.url + path, timeout=10)
        assert answer.status_code in (400, 404)
        assert answer.json()["error"]


@pytest.mark.parametrize("raw", [
    b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"GET /%ff%fe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"GET /staff/\xe4 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"NONSENSE\r\n\r\n",
    b"POST /webhooks/rest/webhook HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n",
])
def test_broken_http_is_refused_and_the_next_request_is_served(gateway: Gateway, raw: bytes) -> None:
    host, port = gateway.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(raw)
        first = connection.recv(4096).split(b"\r\n")[0]
    assert re.match(rb"HTTP/1\.1 (?:4\d\d|30\d) ", first), first
    assert requests.get(f"{gateway.url}/health", timeout=10).status_code == 200


def test_too_many_messages_in_a_minute_are_refused_for_a_minute(tmp_path: Path, gateway: Gateway) -> None:
    assert gateway.environment["GATEWAY_MESSAGES_PER_MINUTE"] == "100000"
    from gateway.channels.limits import LocalLimit

    async def ask() -> list[bool]:
        limit = LocalLimit(3)
        return [await limit.allow("somebody") for _ in range(4)] + [await limit.allow("other")]

    import asyncio

    assert asyncio.run(ask()) == [True, True, True, False, True]
