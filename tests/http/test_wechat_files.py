"""Photos in WeChat: fetched from WeChat within its five seconds or told later, or taken by a page behind a link."""

from __future__ import annotations

import json
import re
import threading
import time
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.http.test_wechat import TOKEN, said, send, text
from tests.support.departments import Departments
from tests.support.gateway import Gateway, start_gateway
from tests.support.papers import pdf, photo

SECONDS = 20
SECRET = uuid.uuid4().hex
ANSWERS = (
    "给孩子报名上小学", "刘芳", "110105198808081042", "13800138000", "王乐乐", "110105201906180022", "幼升小",
    "外地户口",
)


class WeChat(ThreadingHTTPServer):
    """WeChat's own API in small: tokens, photos by id, and what is told unasked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server_port}"
        self.photos: dict[str, bytes] = {}
        self.token = uuid.uuid4().hex
        self.wait = 0.0
        self.refuses: set[str] = set()
        self.refused: list[str] = []
        self.told: list[dict[str, str]] = []
        self.news = threading.Condition()

    def heard(self, openid: str) -> str:
        """What ``openid`` is told unasked; waits for it."""
        with self.news:
            found = self.news.wait_for(lambda: [t for t in self.told if t["to"] == openid], SECONDS)
        assert found, self.told
        return found[-1]["text"]


class Handler(BaseHTTPRequestHandler):
    server: WeChat

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""

    def _answer(self, body: bytes, kind: str = "application/json") -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        """A token, or a photo."""
        parts = urlsplit(self.path)
        asked = {k: v[0] for k, v in parse_qs(parts.query).items()}
        if parts.path.endswith("/token"):
            known = (asked["appid"], asked["secret"]) == ("wx-test", SECRET)
            given = {"access_token": self.server.token, "expires_in": 7200} if known else {"errcode": 40125}
            return self._answer(json.dumps(given).encode())
        if asked["access_token"] != self.server.token:
            return self._answer(b'{"errcode":40001,"errmsg":"invalid credential"}')
        time.sleep(self.server.wait)
        found = self.server.photos.get(asked["media_id"])
        self._answer(*((found, "image/jpeg") if found else (b'{"errcode":40007}',)))

    def do_POST(self) -> None:
        """A message to somebody."""
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if told["touser"] in self.server.refuses:
            self.server.refused.append(told["touser"])
            return self._answer(b'{"errcode":45015,"errmsg":"response out of time limit"}')
        with self.server.news:
            self.server.told.append({"to": told["touser"], "text": told["text"]["content"]})
            self.server.news.notify_all()
        return self._answer(b'{"errcode":0}')


@pytest.fixture(scope="module")
def api() -> Iterator[WeChat]:
    server = WeChat()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def wechat(
    tmp_path_factory: pytest.TempPathFactory, departments: Departments, api: WeChat
) -> Iterator[Gateway]:
    """A gateway that may ask WeChat."""
    running = start_gateway(
        tmp_path_factory.mktemp("wechat-files"), departments, GATEWAY_WECHAT_TOKEN=TOKEN,
        GATEWAY_WECHAT_APP_ID="wx-test", GATEWAY_WECHAT_APP_SECRET=SECRET, GATEWAY_WECHAT_API=api.address,
    )
    yield running
    running.stop()


__all__ = ["api", "wechat"]


def image(source: str, media: str) -> str:
    """A photo's message as WeChat writes it."""
    return (
        f"<xml><ToUserName>gh_1</ToUserName><FromUserName>{source}</FromUserName><CreateTime>1700000000</CreateTime>"
        f"<MsgType>image</MsgType><PicUrl>http://mmbiz.qpic.cn/x</PicUrl><MediaId>{media}</MediaId>"
        f"<MsgId>{uuid.uuid4().int % 10**15}</MsgId></xml>"
    )


@pytest.fixture
def source(wechat: Gateway) -> str:
    """Somebody in WeChat who is asked for a contract."""
    return at_the_contract(wechat)


def at_the_contract(gateway: Gateway) -> str:
    source = "o" + uuid.uuid4().hex
    for words in ANSWERS:
        said(send(gateway, text(source, words)))
    asked = said(send(gateway, text(source, "文昌路8号2单元301")))
    assert "租房合同" in asked
    assert "/send/" in asked, "a PDF cannot be sent in WeChat: there is a link for it"
    return source


def test_a_photo_is_fetched_and_the_form_goes_on(wechat: Gateway, api: WeChat, source: str) -> None:
    api.photos["m1"] = photo()
    reply = said(send(wechat, image(source, "m1")))
    assert "现在有 1 份" in reply
    assert "1. 传好了" in reply
    assert "租房合同：1 份" in said(send(wechat, text(source, "1")))


def test_a_token_that_has_run_out_is_asked_for_anew(wechat: Gateway, api: WeChat, source: str) -> None:
    api.photos["m2"] = photo()
    api.token = uuid.uuid4().hex
    assert "现在有 1 份" in said(send(wechat, image(source, "m2")))


def test_a_photo_that_comes_slowly_is_acknowledged_in_time_and_told_later(
    wechat: Gateway, api: WeChat, source: str
) -> None:
    api.photos["m3"], api.wait = photo(), 6
    try:
        began, body = time.monotonic(), image(source, "m3")
        assert send(wechat, body).text == "success"
        assert time.monotonic() - began < 5, "WeChat gives up after five seconds"
        assert "现在有 1 份" in api.heard(source)
        assert send(wechat, body).text == "success", "WeChat's repeat says nothing twice"
    finally:
        api.wait = 0
    assert [t["to"] for t in api.told].count(source) == 1


@pytest.mark.parametrize(("media", "content", "words"), [
    ("gone", None, "没取下来"),
    ("huge", b"\xff\xd8\xff" + b"x" * 9 * 2**20, "超过 8 兆"),
    ("no-photo", b"\xff\xd8\xff broken", "打不开"),
])
def test_a_photo_that_cannot_be_used_is_answered_with_the_reason(
    wechat: Gateway, api: WeChat, source: str, media: str, content: bytes | None, words: str
) -> None:
    if content:
        api.photos[media] = content
    assert words in said(send(wechat, image(source, media)))


def test_a_photo_that_nothing_asked_for_is_not_even_fetched(wechat: Gateway, api: WeChat) -> None:
    api.photos["m4"], api.wait = photo(), 3
    began = time.monotonic()
    reply = said(send(wechat, image("o" + uuid.uuid4().hex, "m4")))
    api.wait = 0
    assert "先说要办哪件事" in reply
    assert time.monotonic() - began < 3


@pytest.fixture
def bare(tmp_path: Path, departments: Departments) -> Iterator[Gateway]:
    """A gateway with WeChat's token and no secret of the account."""
    running = start_gateway(tmp_path / "wechat-link", departments, GATEWAY_WECHAT_TOKEN=TOKEN)
    yield running
    running.stop()


def test_without_the_accounts_secret_a_link_leads_to_a_page_that_takes_the_photo(bare: Gateway) -> None:
    gateway = bare
    source = at_the_contract(gateway)
    told = said(send(gateway, image(source, "m1")))
    assert "微信里发的照片我收不到" in told
    link = re.search(r"https?://\S+/send/\S+/attachment", told)
    assert link, told
    page = requests.get(link.group(), timeout=SECONDS)
    assert "传租房合同" in page.text
    assert 'accept="image/jpeg,image/png,application/pdf"' in page.text
    kept = requests.post(link.group(), files={"file": ("合同.pdf", pdf(), "application/pdf")}, timeout=SECONDS)
    assert kept.status_code == 200
    assert "现在有 1 份" in kept.text
    wrong = requests.post(link.group(), files={"file": ("a.doc", b"PK", "application/msword")}, timeout=SECONDS)
    assert wrong.status_code == 400
    assert "这种文件收不了" in wrong.text
    assert "这种文件收不了" in requests.post(link.group(), data={}, timeout=SECONDS).text
    assert "租房合同：1 份" in said(send(gateway, text(source, "传好了")))
    said(send(gateway, text(source, "确认提交")))
    assert requests.get(link.group(), timeout=SECONDS).status_code == 410, "its application is no longer open"
