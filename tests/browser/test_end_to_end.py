"""The main job on the citizen page: apply, then find it in the department's list and in the console."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.gateway import PASSWORD, Gateway

BOX = ".row textarea:visible, .row input:visible"
REPLY = ".said:not(.mine) .bubble"
PHONE, NUMBER = "13800138000", "11010519491231002X"
PATIENCE = 15_000


@pytest.fixture
def page(browser: Browser, gateway: Gateway) -> Page:
    """The citizen page, opened by a new visitor."""
    page = browser.new_context(locale="zh-CN", viewport={"width": 390, "height": 844}).new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(gateway.url + "/")
    return page


def say(page: Page, words: str) -> None:
    """Type and send; waits until the assistant has answered."""
    before = page.locator(REPLY).count()
    page.locator(BOX).fill(words)
    page.locator(BOX).press("Enter")
    expect(page.locator(REPLY)).not_to_have_count(before, timeout=PATIENCE)
    expect(page.locator(".busy")).to_have_count(0, timeout=PATIENCE)


def press(page: Page, title: str) -> None:
    """Press the newest button with that title."""
    page.get_by_role("button", name=title, exact=True).last.click()
    expect(page.locator(".busy")).to_have_count(0, timeout=PATIENCE)


def test_an_application_made_on_the_page_reaches_department_and_console(
    page: Page, browser: Browser, gateway: Gateway, tmp_path: Path
) -> None:
    receipt = apply_on_page(page)
    assert gateway.departments is not None
    ledger = gateway.departments.ledger("public-security")
    assert sum(receipt in str(row.values()) for row in ledger) == 1
    console = sign_in(browser, gateway)
    console.goto(gateway.url + "/staff/cases")
    assert receipt in console.content()
    console.goto(gateway.url + "/staff/conversations?item=id-card-lost&outcome=submitted")
    console.locator("main a[href*='/staff/conversations/']").first.click()
    transcript = console.content()
    assert "居民身份证丢失补领" in transcript
    assert "inform" in transcript
    assert receipt in transcript
    for secret in (PHONE, NUMBER, "王小明"):
        assert secret not in transcript


def apply_on_page(page: Page) -> str:
    """A whole application, with buttons where there are any; returns the receipt number."""
    say(page, "我的身份证丢了")
    press(page, "现在申请")
    for words in ("王小明", NUMBER, PHONE, "昨天"):
        say(page, words)
    press(page, "跳过")
    press(page, "邮寄")
    say(page, "文昌路8号2单元301")
    shown = page.locator(REPLY).last.inner_text()
    assert "138****8000" in shown
    assert NUMBER not in page.locator("#yiwen, body").first.inner_text()
    press(page, "确认提交")
    expect(page.locator(".case .number").last).to_be_visible()
    receipt = re.sub(r"\s", "", page.locator(".case .number").last.inner_text())
    assert re.fullmatch(r"YW[0-9]{12}[0-9A-Z]", receipt)
    return receipt


def sign_in(browser: Browser, gateway: Gateway) -> Page:
    """A member of staff in the console."""
    console = browser.new_context(locale="zh-CN").new_page()
    console.set_default_timeout(PATIENCE)
    console.goto(gateway.url + "/staff")
    console.locator("input[name=name]").fill("admin")
    console.locator("input[name=password]").fill(PASSWORD)
    console.locator("main button[type=submit], form button").first.click()
    console.wait_for_load_state()
    return console


def test_a_judged_turn_stays_judged(page: Page, browser: Browser, gateway: Gateway) -> None:
    say(page, "社保卡丢了怎么办")
    console = sign_in(browser, gateway)
    console.goto(gateway.url + "/staff/conversations?item=social-security-card-lost")
    console.locator("main a[href*='/staff/conversations/']").first.click()
    console.locator("textarea[name=note]").first.fill("应当先问是挂失还是补办")
    console.locator("button[value=wrong]").first.click()
    console.wait_for_load_state()
    assert "应当先问是挂失还是补办" in console.content()
