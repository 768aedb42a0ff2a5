"""The WeChat door: signature, text, events, and the real bodies that WeChat sends."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from gateway.settings import ROOT
from tests.support.departments import Departments
from tests.support.gateway import Gateway, start_gateway

TOKEN, REST_TOKEN = "token-of-tests", "rest-token"
BODIES = sorted((ROOT.parent / "shared" / "data" / "wechat" / "xml").glob("*.xml"))


@pytest.fixture(scope="module")
def wechat(tmp_path_factory: pytest.TempPathFactory, departments: Departments) -> Iterator[Gateway]:
    """A gateway with WeChat set up."""
    running = start_gateway(
        tmp_path_factory.mktemp("wechat"), departments, GATEWAY_WECHAT_TOKEN=TOKEN,
        GATEWAY_REST_TOKEN=REST_TOKEN,
    )
    yield running
    running.stop()


def signed(**more: str) -> dict[str, str]:
    """The query with which WeChat signs a request: SHA-1 over the sorted token, time and nonce."""
    time, nonce = "1700000000", "nonce"
    joined = "".join(sorted([TOKEN, time, nonce])).encode()
    signature = hashlib.sha1(joined).hexdigest()  # noqa: S324 (WeChat's own rule)
    return {"signature": signature, "timestamp": time, "nonce": nonce, **more}


def send(gateway: Gateway, body: str, **query: str) -> requests.Response:
    """One signed message."""
    return requests.post(
        f"{gateway.url}/webhooks/wechat/webhook", params=signed(**query), data=body.encode(), timeout=20
    )


def text(source: str, content: str, number: int | None = None) -> str:
    """A text message as WeChat writes it."""
    return (
        f"<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[{source}]]></FromUserName>"
        f"<CreateTime>1700000000</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        f"<Content><![CDATA[{content}]]></Content><MsgId>{number or uuid.uuid4().int % 10**15}</MsgId></xml>"
    )


def said(answer: requests.Response) -> str:
    """The text of a passive reply."""
    assert answer.status_code == 200, answer.text
    found = re.search(r"<Content><!\[CDATA\[(.*?)\]\]></Content>", answer.text, re.DOTALL)
    assert found, answer.text
    return found.group(1)


def test_the_token_is_proved_by_echo(wechat: Gateway) -> None:
    url = f"{wechat.url}/webhooks/wechat/webhook"
    assert requests.get(url, params=signed(echostr="hello"), timeout=10).text == "hello"
    wrong = requests.get(url, params={**signed(echostr="hello"), "signature": "0" * 40}, timeout=10)
    assert wrong.status_code == 403
    assert "hello" not in wrong.text


def test_a_message_with_a_wrong_signature_is_refused(wechat: Gateway) -> None:
    url = f"{wechat.url}/webhooks/wechat/webhook"
    answer = requests.post(url, params={"signature": "x"}, data=text("o1", "你好").encode(), timeout=10)
    assert answer.status_code == 403


def test_a_text_gets_a_passive_reply_with_numbered_choices(wechat: Gateway) -> None:
    source = "o" + uuid.uuid4().hex
    reply = said(send(wechat, text(source, "身份证丢了怎么补")))
    assert "居民身份证" in reply
    assert "1. 现在申请" in reply
    assert "姓名" in said(send(wechat, text(source, "1")))


def test_following_the_account_is_greeted(wechat: Gateway) -> None:
    event = (
        "<xml><ToUserName>gh_1</ToUserName><FromUserName>o_new</FromUserName><CreateTime>1700000000"
        "</CreateTime><MsgType>event</MsgType><Event>subscribe</Event></xml>"
    )
    assert "您说事" in said(send(wechat, event))


def test_a_repeated_message_is_answered_once_with_the_same_reply(wechat: Gateway) -> None:
    source, number = "o" + uuid.uuid4().hex, uuid.uuid4().int % 10**15
    body = text(source, "我要挂失社保卡", number)
    assert said(send(wechat, body)) == said(send(wechat, body))
    assert "身份证号" in said(send(wechat, text(source, "王小明")))


@pytest.mark.skipif(not BODIES, reason="the shared test material is not on this machine")
@pytest.mark.parametrize("body", BODIES, ids=lambda p: p.stem)
def test_every_real_body_is_taken(wechat: Gateway, body: Path) -> None:
    answer = send(wechat, body.read_text(encoding="utf-8"))
    assert answer.status_code == 200
    assert answer.text == "success" or answer.text.startswith("<xml>")


@pytest.mark.parametrize("body", [
    "", "no xml", "<xml></xml>", "<xml><MsgType>text</MsgType></xml>",
    '<!DOCTYPE x [<!ENTITY a "b">]><xml><FromUserName>&a;</FromUserName><MsgType>text</MsgType></xml>',
    "<xml>" + "x" * 70000 + "</xml>",
])
def test_a_body_that_is_no_message_is_refused(wechat: Gateway, body: str) -> None:
    assert send(wechat, body).status_code == 400


def test_rest_asks_for_its_token_when_one_is_set(wechat: Gateway) -> None:
    url = f"{wechat.url}/webhooks/rest/webhook"
    body = {"sender": "s", "message": "你好"}
    assert requests.post(url, json=body, timeout=10).status_code == 401
    right = {"Authorization": f"Bearer {REST_TOKEN}"}
    assert requests.post(url, json=body, headers=right, timeout=10).status_code == 200
    wrong = {"Authorization": "Bearer rest-tokeN"}
    assert requests.post(url, json=body, headers=wrong, timeout=10).status_code == 401


def test_wechat_is_off_without_a_token(gateway: Gateway) -> None:
    answer = requests.get(f"{gateway.url}/webhooks/wechat/webhook", params=signed(), timeout=10)
    assert answer.status_code == 404
    assert "GATEWAY_WECHAT_TOKEN" in answer.text
