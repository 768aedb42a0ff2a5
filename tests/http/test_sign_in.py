"""Signing in through a running gateway: from the chat to the provider and back, on every channel."""

from __future__ import annotations

import hashlib
import re
import uuid
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests

from tests.conftest import WECHAT_TOKEN as TOKEN
from tests.support.gateway import Gateway
from tests.support.services import Services, choose

SECONDS = 20
ID_NUMBER = "110105190103070013"


def words(replies: list[dict[str, Any]]) -> str:
    return "\n".join(reply["text"] for reply in replies)


def link_in(replies: list[dict[str, Any]]) -> str:
    return next(b["url"] for r in replies for b in r.get("buttons", []) if "url" in b)


def go(browser: requests.Session, link: str, citizen: str, query: str = "") -> requests.Response:
    """What a person does: read the page, go on, sign in, and be sent back."""
    page = browser.get(f"{link}{query}", timeout=SECONDS)
    assert "不要继续" in page.text, "nobody signs in to a stranger's conversation unasked"
    begun = browser.post(f"{link}{query}", allow_redirects=False, timeout=SECONDS)
    assert begun.status_code == 303
    back = choose(begun.headers["Location"], citizen)
    callback = f"{urlsplit(link).scheme}://{urlsplit(link).netloc}/sign-in/callback"
    return browser.get(f"{callback}?{urlencode(back)}", allow_redirects=False, timeout=SECONDS)


def number_on(page: requests.Response) -> str:
    """The digits that the last page shows."""
    found = re.search(r'class="number"[^>]*>(\d{3}) (\d{3})<', page.text)
    assert found, page.text
    return "".join(found.groups())


def test_an_application_waits_for_the_sign_in_and_goes_on_where_it_was(city: Gateway) -> None:
    sender = uuid.uuid4().hex
    replies = city.say(sender, "我要补办身份证")
    assert "实名登录" in words(replies)
    assert replies[-1]["custom"]["state"] == "signing_in"
    page = go(requests.Session(), link_in(replies), "chen-jianguo")
    assert page.status_code == 200
    assert "就差一步" in words(city.say(sender, "继续")), "nobody is signed in before the number was said"
    replies = city.say(sender, f"{number_on(page)[:3]} {number_on(page)[3:]}。")
    assert "登录好了，**国。12 小时内" in words(replies)
    assert replies[-1]["custom"]["item"] == "id-card-lost"
    assert replies[-1]["custom"]["state"] == "asking"


def test_what_is_only_asked_needs_no_sign_in(city: Gateway) -> None:
    replies = city.say(uuid.uuid4().hex, "补办身份证要多少钱")
    assert "40 元" in words(replies)
    assert "登录" not in words(replies)


def test_from_the_web_page_the_browser_returns_to_the_chat(city: Gateway) -> None:
    door = f"{city.url}/webhooks/widget"
    token = requests.post(f"{door}/session", json={}, timeout=SECONDS).json()["token"]

    def say(message: str) -> list[dict[str, Any]]:
        told = {"token": token, "message": message}
        replies: list[dict[str, Any]] = requests.post(f"{door}/webhook", json=told, timeout=SECONDS).json()
        return replies

    link = link_in(say("我要查公积金余额"))
    browser = requests.Session()
    answer = go(browser, link, "chen-jianguo", "?back=page")
    where, _, number = answer.headers["Location"].partition("=")
    assert (answer.status_code, where) == (303, "/#signed-in")
    assert not [cookie for cookie in browser.cookies if cookie.name == "yiwen_sign_in" and cookie.value]
    replies = say(number)
    assert "登录好了，**国" in words(replies)
    assert replies[-1]["custom"]["item"] == "housing-fund-query"
    assert replies[-1]["custom"]["state"] == "asking"
    assert browser.get(link, timeout=SECONDS).status_code == 410, "it works once"


def test_from_wechat_the_link_binds_the_openid(city: Gateway) -> None:
    time, nonce = "1700000000", "nonce"
    signature = hashlib.sha1("".join(sorted([TOKEN, time, nonce])).encode(), usedforsecurity=False).hexdigest()

    def say(openid: str, content: str) -> str:
        body = (
            f"<xml><ToUserName>gh_1</ToUserName><FromUserName>{openid}</FromUserName>"
            f"<CreateTime>1700000000</CreateTime><MsgType>text</MsgType><Content>{content}</Content>"
            f"<MsgId>{uuid.uuid4().int % 10**15}</MsgId></xml>"
        )
        return requests.post(
            f"{city.url}/webhooks/wechat/webhook", data=body.encode(), timeout=SECONDS,
            params={"signature": signature, "timestamp": time, "nonce": nonce},
        ).text

    found = re.search(r"去登录：(http\S+?)(?:\]|\s)", say("openid-1", "登录"))
    assert found
    page = requests.get(found[1], timeout=SECONDS).text
    assert "微信里的对话" in page
    number = number_on(go(requests.Session(), found[1], "li-guifang"))
    assert "登录好了" not in say("openid-2", number)
    assert "登录好了" in say("openid-1", number)
    assert "登录好了" not in say("openid-2", "登录")


def test_whoever_sent_the_link_of_their_own_conversation_gains_nothing(city: Gateway) -> None:
    sender = uuid.uuid4().hex
    number = number_on(go(requests.Session(), link_in(city.say(sender, "登录")), "chen-jianguo"))
    assert "就差一步" in words(city.say(sender, "登录"))
    for left in (4, 3, 2, 1):
        assert f"还能试 {left} 次" in words(city.say(sender, f"{(int(number) + left) % 10**6:06d}"))
    assert "作废" in words(city.say(sender, f"{(int(number) + 9) % 10**6:06d}"))
    assert "登录好了" not in words(city.say(sender, number))


def test_six_digits_are_an_ordinary_message_while_nothing_waits_for_them(city: Gateway) -> None:
    replies = city.say(uuid.uuid4().hex, "482913")
    assert "登录" not in words(replies)


def test_another_browser_cannot_come_back_with_the_answer(city: Gateway) -> None:
    sender = uuid.uuid4().hex
    link = link_in(city.say(sender, "登录"))
    begun = requests.post(link, allow_redirects=False, timeout=SECONDS)
    back = choose(begun.headers["Location"], "chen-jianguo")
    answer = requests.get(f"{city.url}/sign-in/callback?{urlencode(back)}", timeout=SECONDS)
    assert answer.status_code == 410
    assert "登录好了" not in words(city.say(sender, "登录"))


def test_whoever_signs_out_is_a_stranger_again(city: Gateway) -> None:
    sender = uuid.uuid4().hex
    assert city.sign_in(sender, "chen-jianguo").json() == {"level": "real_name", "name": "**国"}
    city.say(sender, "我要补办身份证")
    assert "已经退出登录" in words(city.say(sender, "退出登录"))
    assert "实名登录" in words(city.say(sender, "我要补办身份证"))


def test_an_account_that_is_not_real_name_may_not_apply(city: Gateway) -> None:
    sender = uuid.uuid4().hex
    assert city.sign_in(sender, "zhou-ming").json()["level"] == "basic"
    assert "还没有实名" in words(city.say(sender, "我要补办身份证"))


def test_a_citizen_that_the_provider_does_not_know_is_not_signed_in(city: Gateway) -> None:
    assert city.sign_in("x", "nobody").status_code == 422


def test_a_provider_that_fails_on_the_way_back_is_said_so_and_nobody_is_signed_in(city: Gateway, services: Services) -> None:
    sender = uuid.uuid4().hex
    link = link_in(city.say(sender, "登录"))
    browser = requests.Session()
    begun = browser.post(link, allow_redirects=False, timeout=SECONDS)
    back = choose(begun.headers["Location"], "chen-jianguo")
    services.faults(services.provider, fail="5xx")
    try:
        answer = browser.get(f"{city.url}/sign-in/callback?{urlencode(back)}", timeout=SECONDS)
    finally:
        services.faults(services.provider)
    assert answer.status_code in (403, 503)
    assert "什么都没有改动" in answer.text or "暂时连不上" in answer.text
    assert "登录好了" not in words(city.say(sender, "登录"))


def test_no_name_number_or_link_of_a_sign_in_is_on_the_disk_in_the_clear(city: Gateway) -> None:
    sender = uuid.uuid4().hex
    link = link_in(city.say(sender, "登录"))
    number = number_on(go(requests.Session(), link, "chen-jianguo"))
    city.say(sender, number)
    needles = [ID_NUMBER, "陈建国", link.rpartition("/")[2]]
    found = [
        (file.name, needle) for file in city.home.rglob("*") if file.is_file()
        for needle in needles if needle.encode() in file.read_bytes()
    ]
    assert not found


def test_where_nobody_can_sign_in_the_applicant_is_told_that_their_word_counts(gateway: Gateway) -> None:
    replies = gateway.say(uuid.uuid4().hex, "我要补办身份证")
    assert "您是谁按您填的为准" in words(replies)
    assert replies[-1]["custom"]["state"] == "asking"


def test_a_library_that_is_away_means_the_ordinary_question(city: Gateway, services: Services) -> None:
    sender = uuid.uuid4().hex
    city.sign_in(sender, "chen-jianguo")
    city.say(sender, "/apply{\"item\": \"driver-license-lost\"}")
    services.faults(services.library, fail="5xx")
    try:
        replies = city.say(sender, "/affirm")
    finally:
        services.faults(services.library)
    assert "暂时连不上" in words(replies)
    assert replies[-1]["custom"]["state"] == "asking"
    city.say(sender, "13800138000")
    assert city.say(sender, "C1")[-1]["custom"]["expects"]["element"] == "lost_on"
