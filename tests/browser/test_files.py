"""Photos and PDFs on a page: chosen, seen, sent, refused in words; in a real browser."""

from __future__ import annotations

import io
import os
import re
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.fake_door import Answer, Door, asks_for_files, says
from tests.browser.test_end_to_end import BOX, PATIENCE, REPLY, press
from tests.browser.test_end_to_end import page as page_of_gateway
from tests.browser.test_end_to_end import say as say_to_gateway
from tests.browser.test_widget import bubbles, door, page, say, settled, stored
from tests.support.departments import Departments
from tests.support.gateway import Gateway
from tests.support.papers import noisy_photo, pdf, photo

__all__ = ["door", "page", "page_of_gateway"]
CHOOSE, SHOOT = "选照片或 PDF", "拍照"


def chosen(name: str, content: bytes) -> Any:
    """A file as a chooser hands it over."""
    kinds = {"pdf": "application/pdf", "jpg": "image/jpeg", "png": "image/png"}
    kind = kinds.get(name.rpartition(".")[2], "application/octet-stream")
    return {"name": name, "mimeType": kind, "buffer": content}


def choose(page: Page, *files: Any) -> None:
    """Press the button, choose, and wait until all that was chosen is settled."""
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name=CHOOSE).click()
    chooser.value.set_files(list(files))
    page.locator(".mine").last.wait_for()
    settled(page)


@pytest.fixture
def asked(page: Page, door: Door) -> Page:
    """The page at a question that takes files."""
    door.plan.append(asks_for_files())
    say(page, "报名")
    return page


def test_the_button_stands_there_only_while_the_question_takes_files(page: Page, door: Door) -> None:
    say(page, "你好")
    expect(page.get_by_role("button", name=CHOOSE)).to_be_hidden()
    door.plan.extend([asks_for_files(), says("请核对。")])
    say(page, "报名")
    expect(page.get_by_role("button", name=CHOOSE)).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name=CHOOSE)).to_be_visible()
    say(page, "跳过")
    expect(page.get_by_role("button", name=CHOOSE)).to_be_hidden()


def test_a_pdf_goes_out_as_it_is_with_the_visitors_token(asked: Page, door: Door) -> None:
    contract = pdf()
    door.plan.append(asks_for_files("租房合同收到了，现在有 1 份。", "传好了"))
    choose(asked, chosen("合同.pdf", contract))
    assert door.files == [("Bearer token-1", "application/pdf", contract)]
    expect(bubbles(asked).last).to_have_text(re.compile(r"合同\.pdf（\d+ KB）"))
    expect(asked.get_by_role("button", name="传好了")).to_be_enabled()
    expect(asked.locator("progress")).to_have_count(0)


def test_several_pages_are_sent_one_after_the_other_until_the_question_is_over(asked: Page, door: Door) -> None:
    door.plan.extend([asks_for_files("1 份。"), says("传齐了。")])
    choose(asked, *(chosen(f"{n}.png", photo("PNG")) for n in (1, 2, 3)))
    expect(asked.get_by_text("这一项已经收齐了")).to_be_visible()
    assert [kind for _, kind, _ in door.files] == ["image/png", "image/png"]
    settled(asked)


def test_a_photo_is_seen_and_a_large_one_is_made_smaller_before_it_leaves_the_phone(asked: Page, door: Door) -> None:
    large = noisy_photo(3000)
    door.plan.append(asks_for_files("1 份。"))
    choose(asked, chosen("合同.jpg", large))
    sent = door.files[0][2]
    assert len(sent) < len(large)
    assert max(Image.open(io.BytesIO(sent)).size) == 2600
    shown = asked.locator(".mine .preview")
    assert shown.evaluate("picture => picture.width") == 220
    assert "data:image" not in stored(asked), "only the name stays in the tab"


@pytest.mark.parametrize(("name", "content", "sentence"), [
    ("合同.docx", b"PK\x03\x04", "“合同.docx”收不了。请传 JPG、PNG 照片或 PDF"),
    ("扫描.pdf", pdf() + b" " * 3 * 2**20, "“扫描.pdf”有 3 兆，最多 2 兆"),
    ("空.pdf", b"", "“空.pdf”是空的"),
])
def test_what_cannot_be_sent_is_told_before_it_leaves(
    asked: Page, door: Door, name: str, content: bytes, sentence: str
) -> None:
    choose(asked, chosen(name, content))
    expect(asked.get_by_text(sentence)).to_be_visible()
    assert door.files == []


def test_what_the_gateway_refuses_is_told_in_its_words_and_the_question_stays(asked: Page, door: Door) -> None:
    door.plan.append(Answer(400, {"error": "这个 PDF 设了密码，部门打不开。"}))
    choose(asked, chosen("合同.pdf", pdf()))
    expect(asked.get_by_text("这个 PDF 设了密码，部门打不开。")).to_be_visible()
    expect(asked.get_by_role("button", name=CHOOSE)).to_be_visible()


def test_a_file_that_did_not_leave_is_sent_again_by_one_press(asked: Page, door: Door) -> None:
    asked.context.set_offline(True)
    choose(asked, chosen("合同.pdf", pdf()))
    again = asked.get_by_role("button", name="没有传上去，点这里再传")
    expect(again).to_be_visible()
    asked.context.set_offline(False)
    door.plan.append(asks_for_files("1 份。"))
    again.click()
    settled(asked)
    assert len(door.files) == 1
    expect(bubbles(asked)).to_have_count(2)


def test_a_keyboard_alone_reaches_the_chooser(asked: Page) -> None:
    box = asked.locator(BOX)
    expect(box).to_be_focused()
    with asked.expect_file_chooser() as chooser:
        asked.keyboard.press("Shift+Tab")
        expect(asked.get_by_role("button", name=CHOOSE)).to_be_focused()
        asked.keyboard.press("Enter")
    assert chooser.value.is_multiple()
    expect(asked.get_by_role("button", name=SHOOT)).to_be_hidden()


def test_a_phone_offers_its_camera(browser: Browser, door: Door) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(door.base)
    door.plan.append(asks_for_files())
    say(page, "报名")
    expect(page.get_by_role("button", name=SHOOT)).to_be_visible()
    assert page.locator("input[capture]").get_attribute("capture") == "environment"
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name=SHOOT).tap()
    assert not chooser.value.is_multiple()
    context.close()


def test_an_enrolment_with_a_contract_is_made_on_the_page_until_the_bureau_has_it(
    page_of_gateway: Page, gateway: Gateway, departments: Departments
) -> None:
    page = page_of_gateway
    for words in (
        "给孩子报名上小学", "刘芳", "110105198808081042", "13800138000", "王乐乐", "110105201906180022", "幼升小",
        "外地户口", "文昌路8号2单元301",
    ):
        say_to_gateway(page, words)
    contract = pdf(3)
    choose(page, chosen("租房合同.pdf", contract))
    press(page, "传好了")
    expect(page.locator(REPLY).last).to_contain_text("租房合同：1 份")
    expect(page.locator(BOX)).to_be_visible()
    press(page, "确认提交")
    number = page.locator(".case .number").last
    expect(number).to_be_visible(timeout=PATIENCE)
    receipt = re.sub(r"\s", "", number.inner_text())
    case = next(c for c in departments.ledger("education") if c["receipt"] == receipt)
    assert f"application/pdf {len(contract)} 字节" in case["fields"]["files"]


@pytest.mark.parametrize("elder", [False, True])
def test_on_a_narrow_phone_the_buttons_for_files_are_a_finger_wide_and_nothing_is_cut_off(
    browser: Browser, door: Door, elder: bool
) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 640}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(door.base)
    if elder:
        page.get_by_role("button", name="大字版").tap()
    door.plan.extend([asks_for_files("请传租房合同，拍照或 PDF 都行，最多 3 份。", "跳过"), asks_for_files("1 份。", "传好了")])
    say(page, "报名")
    choose(page, chosen("很长的名字" * 12 + ".jpg", noisy_photo(900)))
    expect(bubbles(page, ":not(.mine)").last).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert page.locator(".log").evaluate("log => log.scrollWidth - log.clientWidth") == 0
    sizes = page.locator(".files button:visible").evaluate_all("all => all.map(b => [b.offsetWidth, b.offsetHeight])")
    assert len(sizes) == 2
    assert min(min(size) for size in sizes) >= 44
    if shots := os.environ.get("YIWEN_SHOTS"):
        page.screenshot(path=f"{shots}/files-{'elder' if elder else 'plain'}.png")
    context.close()
