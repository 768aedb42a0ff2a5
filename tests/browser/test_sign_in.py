"""Signing in with a real browser: from the page to the provider and back, and from inside another site."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_end_to_end import REPLY, say
from tests.support.gateway import Gateway

PATIENCE = 15_000


@pytest.fixture
def open_page(browser: Browser, city: Gateway) -> Callable[[str], Page]:
    """Opens an address for a new visitor."""

    def opened(url: str) -> Page:
        page = browser.new_context(locale="zh-CN", viewport={"width": 390, "height": 844}).new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(url)
        return page

    return opened


def at_the_provider(page: Page, citizen: str) -> None:
    """Go on at our page, and sign in at the provider's."""
    page.get_by_role("button", name="是我自己点的，去登录").click()
    page.get_by_text(citizen).click()
    page.get_by_role("button", name="登录", exact=True).click()


def test_the_page_comes_back_to_the_conversation_and_goes_on(
    city: Gateway, open_page: Callable[[str], Page]
) -> None:
    page = open_page(city.url + "/")
    say(page, "我要补办身份证")
    page.get_by_role("button", name="去登录", exact=True).last.click()
    at_the_provider(page, "李桂芳")
    page.wait_for_url(city.url + "/")
    expect(page.locator(REPLY).filter(has_text="登录好了，**芳")).to_have_count(1, timeout=PATIENCE)
    expect(page.locator(REPLY).filter(has_text="用您登录时核验过的")).to_have_count(1, timeout=PATIENCE)
    expect(page.locator(".busy")).to_have_count(0, timeout=PATIENCE)
    say(page, "退出登录")
    expect(page.locator(REPLY).last).to_contain_text("已经退出登录")


def test_whoever_does_not_sign_in_is_told_that_nothing_changed(
    city: Gateway, open_page: Callable[[str], Page]
) -> None:
    page = open_page(city.url + "/")
    say(page, "登录")
    page.get_by_role("button", name="去登录", exact=True).last.click()
    page.get_by_role("button", name="是我自己点的，去登录").click()
    page.get_by_role("button", name="不登录").click()
    expect(page.get_by_role("heading")).to_have_text("没有登录成功")
    page.goto(city.url + "/")
    say(page, "退出登录")
    expect(page.locator(REPLY).last).to_contain_text("没有登录")


def test_inside_another_site_the_sign_in_opens_beside_the_conversation(
    city: Gateway, open_page: Callable[[str], Page]
) -> None:
    page = open_page(city.url + "/health")
    page.set_content(f'<html><body><script src="{city.url}/widget/widget.js" defer></script></body></html>')
    page.locator(".launch").click()
    say(page, "登录")
    with page.expect_popup() as beside:
        page.get_by_role("button", name="去登录", exact=True).last.click()
    at_the_provider(beside.value, "陈建国")
    expect(beside.value.get_by_role("heading")).to_have_text("还差一步")
    number = beside.value.locator(".number").inner_text()
    beside.value.close()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.locator(REPLY).filter(has_text="就差一步")).to_have_count(1, timeout=PATIENCE)
    say(page, number)
    expect(page.locator(REPLY).filter(has_text="登录好了，**国")).to_have_count(1, timeout=PATIENCE)
