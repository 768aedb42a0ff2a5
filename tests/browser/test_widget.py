"""What the conversation on a page promises, in a real browser against a small door of its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.fake_door import Answer, Door, asks, says

IDENTITY = "11010119900307002X"


@pytest.fixture
def door() -> Iterator[Door]:
    server = Door()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(browser: Browser, door: Door) -> Iterator[Page]:
    """The citizen page; fails a test in which a script broke or the content policy was broken."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, permissions=["clipboard-read", "clipboard-write"]
    )
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda m: faults.append(m.text) if "Content Security" in m.text else None)
    page.goto(door.base)
    expect(box(page)).to_be_visible()
    yield page
    context.close()
    assert faults == []


def box(page: Page) -> Locator:
    """The field in which the citizen writes."""
    return page.locator(".row textarea:visible, .row input:visible")


def say(page: Page, text: str) -> None:
    """Write and send ``text``, and wait until the answer or the failure stands there."""
    box(page).fill(text)
    box(page).press("Enter")
    settled(page)


def settled(page: Page) -> None:
    """Wait until no message is on its way."""
    expect(page.locator(".busy")).to_have_count(0)


def bubbles(page: Page, side: str = ".mine") -> Locator:
    """The citizen's bubbles, or with ``:not(.mine)`` the gateway's."""
    return page.locator(f".said{side} .bubble")


def tap(page: Page, name: str) -> None:
    """Press the button ``name``."""
    page.get_by_role("button", name=name, exact=True).click()
    settled(page)


def stored(page: Page) -> str:
    """All that the tab remembers."""
    return str(page.evaluate("JSON.stringify(sessionStorage)"))


def test_the_welcome_stands_there_before_any_call_and_its_examples_send(
    page: Page, door: Door
) -> None:
    assert door.sessions == 0
    expect(page.get_by_text("您说事，我来办。")).to_be_visible()
    expect(page).to_have_title("一问 · 清河市政务服务")
    tap(page, "身份证丢了怎么补")
    assert door.messages == ["身份证丢了怎么补"]


def test_enter_sends_and_shift_enter_begins_a_line(page: Page, door: Door) -> None:
    box(page).type("一")
    box(page).press("Shift+Enter")
    box(page).type("二")
    box(page).press("Enter")
    expect(bubbles(page, ":not(.mine)")).to_contain_text("收到：一")
    assert door.messages == ["一\n二"]


def test_enter_that_ends_a_composition_does_not_send(page: Page, door: Door) -> None:
    box(page).focus()
    ime = page.context.new_cdp_session(page)
    ime.send("Input.imeSetComposition", {"text": "shen", "selectionStart": 4, "selectionEnd": 4})
    ime.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", "key": "Enter", "code": "Enter",
                                        "windowsVirtualKeyCode": 13})
    ime.send("Input.insertText", {"text": "身份证"})
    expect(box(page)).to_have_value("身份证")
    assert door.messages == []
    expect(bubbles(page)).to_have_count(0)


def test_a_button_shows_its_title_posts_its_payload_and_serves_once(
    page: Page, door: Door
) -> None:
    door.plan.extend([says("哪一种？", "丢了补领", "到期换新"), says("好。", "开始申请")])
    say(page, "身份证")
    tap(page, "丢了补领")
    assert door.messages == ["身份证", "/丢了补领"]
    expect(bubbles(page).last).to_contain_text("丢了补领")
    expect(page.get_by_role("button", name="到期换新")).to_be_disabled()
    expect(page.get_by_role("button", name="开始申请")).to_be_enabled()


def test_a_message_that_did_not_leave_stays_in_the_box_and_can_be_resent(
    page: Page, door: Door
) -> None:
    page.context.set_offline(True)
    say(page, "社保卡丢了")
    expect(box(page)).to_have_value("社保卡丢了")
    page.context.set_offline(False)
    tap(page, "没有发出去，点这里重发")
    expect(bubbles(page, ":not(.mine)")).to_contain_text("收到：社保卡丢了")
    expect(bubbles(page)).to_have_count(1)
    expect(box(page)).to_have_value("")
    assert door.messages == ["社保卡丢了"]


def test_a_failed_choice_can_be_made_again(page: Page, door: Door) -> None:
    door.plan.extend([says("哪一种？", "补领", "换新"), Answer(503, {})])
    say(page, "身份证")
    tap(page, "补领")
    tap(page, "换新")
    assert door.messages == ["身份证", "/补领", "/换新"]
    expect(bubbles(page)).to_have_count(2)


def test_a_refusal_is_told_in_the_sentence_of_the_gateway(page: Page, door: Door) -> None:
    door.plan.append(Answer(400, {"error": "这条消息是空的，请再写一次。"}))
    say(page, "嗯")
    expect(page.get_by_text("这条消息是空的，请再写一次。")).to_be_visible()
    expect(box(page)).to_have_value("嗯")


def test_an_expired_token_is_renewed_and_the_message_sent_again_once(
    page: Page, door: Door
) -> None:
    expired = Answer(401, {"error": "登录过期了，请重新打开页面。"})
    door.plan.append(expired)
    say(page, "一")
    expect(bubbles(page, ":not(.mine)")).to_contain_text("收到：一")
    assert door.tokens == ["token-1", "token-2"]
    door.plan.extend([expired, expired])
    say(page, "二")
    expect(page.get_by_text("登录过期了")).to_be_visible()
    assert door.messages == ["一", "一", "二", "二"]


def test_after_too_many_messages_it_waits_as_told_and_sends_by_itself(
    page: Page, door: Door
) -> None:
    door.plan.append(Answer(429, {"error": "太快了。"}, {"Retry-After": "1"}))
    box(page).fill("查进度")
    box(page).press("Enter")
    expect(page.get_by_text("1 秒后自动重发")).to_be_visible()
    expect(bubbles(page, ":not(.mine)")).to_contain_text("收到：查进度")


def test_a_reload_shows_the_conversation_again_and_only_the_newest_buttons_live(
    page: Page, door: Door
) -> None:
    door.plan.extend([says("哪一种？", "补领"), says("请填写。", "跳过", expects={"type": "phone"})])
    say(page, "身份证")
    tap(page, "补领")
    page.reload()
    expect(bubbles(page)).to_have_count(2)
    expect(page.get_by_role("button", name="补领")).to_be_disabled()
    expect(page.get_by_role("button", name="跳过")).to_be_enabled()
    expect(box(page)).to_have_attribute("inputmode", "tel")
    say(page, "在吗")
    assert door.sessions == 1
    assert page.evaluate("localStorage.length") == 0


def test_clearing_forgets_the_words_and_the_token(page: Page, door: Door) -> None:
    say(page, "我的事")
    tap(page, "清空对话")
    tap(page, "清空")
    expect(bubbles(page)).to_have_count(0)
    assert "我的事" not in stored(page)
    assert "token-1" not in stored(page)
    say(page, "新的事")
    assert door.tokens == ["token-1", "token-2"]


def test_identity_and_phone_numbers_are_masked_on_the_page_and_in_the_tab(
    page: Page, door: Door
) -> None:
    door.plan.extend([asks("id_number", "320501198001010017"), asks("phone"), says("好。")])
    say(page, "补办")
    expect(box(page)).to_have_attribute("placeholder", "例如 320501198001010017")
    say(page, IDENTITY)
    expect(bubbles(page).last).to_contain_text("110************02X")
    expect(box(page)).to_have_attribute("autocomplete", "tel")
    say(page, "我的是 138 1234 8000")
    expect(bubbles(page).last).to_contain_text("我的是 138****8000")
    assert door.messages[1:] == [IDENTITY, "我的是 138 1234 8000"]
    assert "19900307" not in stored(page)
    assert "1234 8000" not in stored(page)


def test_a_secret_is_never_shown_nor_remembered_even_when_sending_fails(
    page: Page, door: Door
) -> None:
    door.plan.extend([asks("secret"), Answer(503, {})])
    say(page, "查公积金")
    expect(box(page)).to_have_attribute("type", "password")
    say(page, "/hunter2")
    expect(bubbles(page).last).to_contain_text("••••••")
    expect(box(page)).to_have_value("/hunter2")
    assert "hunter2" not in stored(page)
    assert "hunter2" not in page.locator(".log").inner_text()


def test_a_date_can_be_picked(page: Page, door: Door) -> None:
    door.plan.append(asks("date"))
    say(page, "预约")
    page.get_by_label("也可以直接选日期").fill("2025-12-01")
    expect(box(page)).to_have_value("2025-12-01")


def test_markup_in_a_reply_is_text_and_only_numbers_and_addresses_become_links(
    page: Page, door: Door
) -> None:
    text = "<img src=x onerror=alert(1)>\n1. 交 120 元\n2. 打 12345\n看 https://a.gov.cn/x?y=1。"
    door.plan.append(says(text, "<b>好</b>"))
    say(page, "问")
    reply = bubbles(page, ":not(.mine)")
    expect(reply).to_contain_text("<img src=x onerror=alert(1)>")
    expect(page.get_by_role("button", name="<b>好</b>")).to_be_visible()
    assert reply.locator("img, b").count() == 0
    links = reply.locator("a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    assert links == ["tel:12345", "https://a.gov.cn/x?y=1"]
    expect(reply.locator("ol li")).to_have_count(2)


def test_a_receipt_number_can_be_copied(page: Page, door: Door) -> None:
    door.plan.append(says("已经提交。", case="QH2511230001"))
    say(page, "确认")
    tap(page, "复制编号")
    expect(page.get_by_role("button", name="已复制")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "QH2511230001"


def test_a_pasted_text_that_is_too_long_is_kept_whole_and_not_sent(
    page: Page, door: Door
) -> None:
    box(page).fill("长" * 1800)
    expect(page.get_by_text("1800 / 2000")).to_be_visible()
    box(page).fill("长" * 2012)
    box(page).press("Enter")
    expect(page.get_by_text("多了 12 个字")).to_be_visible()
    assert len(box(page).input_value()) == 2012
    assert door.messages == []


@pytest.mark.parametrize("elder", [False, True])
def test_on_a_narrow_phone_nothing_is_cut_off_and_every_button_is_a_finger_wide(
    page: Page, door: Door, elder: bool
) -> None:
    page.set_viewport_size({"width": 360, "height": 640})
    if elder:
        tap(page, "大字版")
    door.plan.append(says("哪一种？https://a.gov.cn/" + "x" * 90, "丢了补领", "换", case="QH2511230001"))
    say(page, "身份证")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert page.locator(".log").evaluate("log => log.scrollWidth - log.clientWidth") == 0
    sizes = page.locator("button:visible").evaluate_all(
        "all => all.map(b => [b.textContent, b.offsetWidth, b.offsetHeight])"
    )
    assert [size for size in sizes if min(size[1:]) < 44] == []


def test_large_type_is_remembered_in_the_tab(page: Page, door: Door) -> None:
    say(page, "字太小")
    tap(page, "大字版")
    page.reload()
    expect(page.get_by_role("button", name="大字版")).to_have_attribute("aria-pressed", "true")
    size = bubbles(page).evaluate("node => parseFloat(getComputedStyle(node).fontSize)")
    assert size >= 20


def test_on_another_site_it_works_by_keyboard_alone_and_gives_the_focus_back(
    page: Page, door: Door
) -> None:
    page.goto(door.base.replace("127.0.0.1", "localhost") + "/host")
    launch = page.get_by_role("button", name="办事问一问")
    expect(launch).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(box(page)).to_be_focused()
    page.keyboard.type("租房提公积金")
    page.keyboard.press("Enter")
    expect(bubbles(page, ":not(.mine)")).to_contain_text("收到：租房提公积金")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(launch).to_be_focused()


def test_the_rules_of_the_host_site_do_not_reach_it(page: Page, door: Door) -> None:
    look = """node => { const s = getComputedStyle(node);
        return [s.color, s.fontSize, s.letterSpacing, s.backgroundColor]; }"""
    submit = page.get_by_role("button", name="发送")
    at_home = submit.evaluate(look)
    page.goto(door.base.replace("127.0.0.1", "localhost") + "/host")
    page.get_by_role("button", name="办事问一问").click()
    expect(box(page)).to_be_visible()
    assert submit.evaluate(look) == at_home


def look(page: Page, door: Door, *, expected: bool = True) -> None:
    """The page is looked at again: it asks for news, if it does at all."""
    looks = door.looks
    if expected:
        with page.expect_response("**/news"):
            page.clock.run_for(21_000)
    else:
        page.clock.run_for(21_000)
    assert (door.looks > looks) == expected


def test_news_of_a_case_stand_on_an_open_page_without_a_message(page: Page, door: Door) -> None:
    page.clock.install()
    page.reload()
    look(page, door, expected=False)
    assert door.sessions == 0, "whoever wrote nothing has no token, and no news"
    say(page, "你好")
    box(page).fill("正在写的话")
    door.news.append(says("您的公租房有进展：已受理。", "看进度"))
    look(page, door)
    expect(bubbles(page, ":not(.mine)").last).to_contain_text("有进展")
    expect(box(page)).to_have_value("正在写的话")
    tap(page, "看进度")
    assert door.messages == ["你好", "/看进度"]


def test_while_a_question_waits_for_its_answer_no_news_are_asked_for(page: Page, door: Door) -> None:
    page.clock.install()
    page.reload()
    door.plan.append(asks("phone"))
    say(page, "补办")
    look(page, door, expected=False)
    say(page, "13800138000")
    look(page, door)


def test_how_far_the_steps_of_a_life_event_are_is_seen_and_told_to_who_cannot_see(page: Page, door: Door) -> None:
    statuses = ["done_granted", "accepted", "waiting", "done_refused"]
    door.plan.append(says("4 件办好了 1 件", filing={"steps": [{"status": status} for status in statuses]}))
    say(page, "我的进度")
    bar = page.get_by_role("img", name="共 4 件，办好 1 件")
    expect(bar).to_be_visible()
    assert bar.locator("i").evaluate_all("all => all.map(i => i.className)") == ["done", "going", "waits", "failed"]
    page.reload()
    expect(page.get_by_role("img", name="共 4 件，办好 1 件")).to_be_visible()
