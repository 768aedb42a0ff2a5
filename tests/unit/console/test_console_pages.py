"""What the pages show, how bad input is met, and that masked text is shown as text."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from gateway.cases.submissions import STATES
from gateway.console.terms import ACTS, ASPECTS, SUBMISSIONS, percent
from gateway.conversations.review import UNDELIVERED
from gateway.settings import ROOT
from gateway.store.staff_tables import HandOff, Turn
from gateway.store.tables import Attempt, Audit, Case, Submission
from tests.support.yaml_files import read_yaml

from .conftest import NOW, Clock, Console

Talk = Callable[..., str]


def words(page: str) -> str:
    """The text of a page as a person reads it."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


def test_the_overview_counts_and_leads_to_what_it_counts(
    signed: Console, talk: Talk, hand_off: int, case: str
) -> None:
    talk({"confidence": 0.3}, least_confidence=0.3)
    page = signed.get("/staff").text
    assert re.findall(r"<b>(\d+)</b> (\S+?)</a>", page) == [
        ("1", "今天的会话"), ("1", "等人工处理"), ("1", "把握偏低、还没看"), ("1", "还没送到部门的提交"),
    ]
    for link in re.findall(r'<li[^>]*><a href="(/staff/[^"]+)"', page):
        assert signed.get(html.unescape(link)).status_code == 200, link


def test_a_hand_off_is_settled_from_the_overview(signed: Console, hand_off: int) -> None:
    token = signed.token("/staff")
    answer = signed.post(f"/staff/hand-offs/{hand_off}/settle", {"csrf": token})
    assert answer.headers["Location"] == "/staff#hand-offs"
    assert "没有人在等" in signed.get("/staff").text
    assert "admin" in words(signed.get("/staff?hand_offs=all").text)
    with signed.store.read() as session:
        assert session.scalar(sa.select(HandOff.settled_at)) == signed.clock.now


def test_a_row_of_the_list_shows_chinese_names(signed: Console, talk: Talk) -> None:
    talk({}, {}, channel="wechat", least_confidence=0.48, outcome="submitted", handed_off=True)
    row = words(signed.get("/staff/conversations").text.split("<tbody>")[1].split("</tbody>")[0])
    assert row.split() == [
        "2026-11-23", "18:40", "微信", "公安局", "居民身份证丢失补领", "已提交", "转过人工",
        "48%", "偏低", "2", "—",
    ]


def test_filters_narrow_the_list_and_stay_in_the_form_and_the_pager(
    signed: Console, talk: Talk
) -> None:
    for _ in range(51):
        talk({}, item="social-card-loss", department="human-resources")
    talk({}, least_confidence=0.2)
    page = signed.get(
        "/staff/conversations?item=social-card-loss&from=2026-11-23&to=2026-11-23&unreviewed=1"
    ).text
    assert "共 51 个会话，第 1 / 2 页" in page
    assert 'value="social-card-loss" selected' in page
    assert 'id="from" name="from" value="2026-11-23"' in page
    assert 'name="unreviewed" value="1" checked' in page
    following = re.search(r'rel="next" href="([^"]+)"', page)
    assert following
    second = signed.get(html.unescape(following.group(1))).text
    assert "共 51 个会话，第 2 / 2 页" in second
    assert second.count("<tr>") == 2
    assert "共 1 个会话" in signed.get("/staff/conversations?low=1").text


def test_an_empty_list_says_why(signed: Console, talk: Talk) -> None:
    assert "还没有会话" in signed.get("/staff/conversations").text
    talk({})
    assert "没有符合条件的会话" in signed.get("/staff/conversations?handed=1").text
    assert "这一页没有内容" in signed.get("/staff/conversations?page=9").text


def test_a_transcript_shows_what_was_understood_beside_what_was_said(
    signed: Console, talk: Talk, case: str
) -> None:
    conversation = talk({
        "confidence": 0.57, "case_id": case, "state": "submitted",
        "replies_masked": [{"text": "补领收 40 元。", "buttons": ["现在申请"]}],
        "candidates": [
            {"item": "id-card-lost", "score": 0.71}, {"item": "social-card-loss", "score": 0.64},
        ],
    })
    text = words(signed.get(f"/staff/conversations/{conversation}").text)
    for part in (
        "市民 身份证丢了补办要带什么", "一问 补领收 40 元。 现在申请", "意图 咨询 consult",
        "把握 57% 偏低", "方面 材料 materials", "事项 居民身份证丢失补领 id-card-lost",
        "居民身份证丢失补领 71% 社会保障卡挂失 64%", "动作 action_consult",
        "办件 YW261123482913K 居民身份证丢失补领，已提交", "用时 8 毫秒",
    ):
        assert part in text


def test_a_turn_without_understanding_still_has_its_page(signed: Console, talk: Talk) -> None:
    conversation = talk({
        "act": None, "confidence": None, "aspect": None, "item": None, "candidates": [],
        "actions": [], "replies_masked": [], "milliseconds": None,
    }, department=None, item="taken-out-of-the-catalogue", least_confidence=None)
    text = words(signed.get(f"/staff/conversations/{conversation}").text)
    assert "意图 没有判断 把握 —" in text
    assert "taken-out-of-the-catalogue" in text


def test_what_citizens_and_staff_write_is_shown_as_text(signed: Console, talk: Talk) -> None:
    evil = '<script>alert(1)</script>"><img src=x onerror=alert(2)>{{ 7777*7777 }}'
    conversation = talk({
        "text_masked": evil, "replies_masked": [{"text": evil, "buttons": [evil]}],
        "act": evil, "actions": [evil], "candidates": [{"item": evil, "score": 0.5}],
    })
    page = f"/staff/conversations/{conversation}"
    form = {"csrf": signed.token(page), "verdict": "wrong", "note": evil}
    assert signed.post("/staff/turns/1/verdict", form).status_code == 303
    shown = signed.get(page).text
    assert "<script" not in shown
    assert "<img" not in shown
    assert "60481729" not in shown
    assert "<script>alert(1)</script>" in html.unescape(shown)


def test_each_view_of_a_transcript_is_audited_and_listed(signed: Console, talk: Talk) -> None:
    conversation = talk({})
    signed.get(f"/staff/conversations/{conversation}")
    with signed.store.read() as session:
        query = sa.select(Audit.actor, Audit.target).where(Audit.action == "view_transcript")
        assert session.execute(query).all() == [("admin", conversation)]
    page = words(signed.get("/staff/audit").text)
    assert f"admin 查看会话 会话 {conversation[:8]}" in page


def test_a_verdict_returns_to_its_turn_with_its_note_masked(signed: Console, talk: Talk) -> None:
    conversation = talk({}, {})
    page = f"/staff/conversations/{conversation}"
    form = {"csrf": signed.token(page), "verdict": "wrong", "note": "打 13800138000\r\n再问"}
    answer = signed.post("/staff/turns/2/verdict", form)
    assert answer.headers["Location"] == f"{page}#turn-2"
    with signed.store.read() as session:
        turn = session.get(Turn, 2)
        assert (turn.verdict, turn.verdict_note) == ("wrong", "打 138****8000\n再问")
    assert "改判第 2 轮" in signed.get(page).text
    assert "admin 评判轮次" in words(signed.get("/staff/audit").text)


def test_a_case_past_its_promised_day_is_marked_until_it_ends(
    signed: Console, case: str, clock: Clock
) -> None:
    assert "超期" not in words(signed.get("/staff/cases").text)
    clock.now = dt.datetime(2026, 12, 22, 2, tzinfo=dt.timezone.utc)
    assert signed.sign_in().status_code == 303
    assert "超期" in words(signed.get("/staff/cases").text)
    with signed.store.write() as session:
        session.get(Case, case).status = "supplement"
    assert "超期" not in words(signed.get("/staff/cases").text)


def test_a_dead_submission_is_sent_again_from_the_list_of_cases(signed: Console, case: str) -> None:
    with signed.store.read() as session:
        submission = session.scalars(sa.select(Submission.id)).one()
    form = {"csrf": signed.token("/staff/cases")}
    address = f"/staff/submissions/{submission}/resend"
    assert signed.post(address, form).headers["Location"] == "/staff/cases"
    with signed.store.read() as session:
        assert session.scalars(sa.select(Submission.state)).one() == "queued"
    assert "重新提交" in words(signed.get("/staff/audit").text)
    assert signed.post(address, form).status_code == 409
    assert signed.post("/staff/submissions/x/resend", form).status_code == 404


def test_cases_show_how_far_their_submission_is_and_no_answers(signed: Console, case: str) -> None:
    row = words(signed.get("/staff/cases").text.split("<tbody>")[1].split("</tbody>")[0])
    assert row.split() == [
        "YW261123482913K", "2026-11-23", "18:40", "居民身份证丢失补领", "公安局", "已提交",
        "2026-12-21", "申请：", "要人处理", "试了", "7", "次", "重新提交",
    ]
    assert "YW261123482913K" in signed.get("/staff/cases?submission=dead").text
    assert "没有这种情况的办件" in signed.get("/staff/cases?submission=queued").text


def test_cases_say_when_a_departments_answers_cannot_be_read(signed: Console, case: str) -> None:
    with signed.store.write() as session:
        submission = session.scalars(sa.select(Submission)).one()
        submission.state = "unknown"
        session.add(Attempt(
            submission_id=submission.id, at=NOW, operation="look_up", outcome="unreadable", milliseconds=1.0
        ))
    assert "部门的答复读不懂" in signed.get("/staff/cases").text
    with signed.store.write() as session:
        session.add(Attempt(
            submission_id=submission.id, at=NOW, operation="look_up", outcome="retry", milliseconds=1.0
        ))
    assert "部门的答复读不懂" not in signed.get("/staff/cases").text


@pytest.mark.parametrize(
    ("address", "status", "told"),
    [
        ("/staff/conversations?page=abc", 400, "页码不对"),
        ("/staff/conversations?page=0", 400, "页码不对"),
        ("/staff/conversations?page=-1", 400, "页码不对"),
        ("/staff/conversations?page=99999999999999999999", 400, "页码不对"),
        ("/staff/conversations?page=１", 400, "页码不对"),
        ("/staff/conversations?from=yesterday", 400, "开始日期不对"),
        ("/staff/conversations?to=2026-02-30", 400, "结束日期不对"),
        ("/staff/conversations?to=9999-12-31", 400, "年份应在 2000 到 2100 之间"),
        ("/staff/conversations?from=0001-01-01", 400, "年份应在"),
        ("/staff/conversations?from=2026-11-02&to=2026-11-01", 400, "开始日期晚于结束日期"),
        ("/staff/conversations?department=navy%00", 400, "没有这个部门"),
        ("/staff/conversations?item='--", 400, "没有这个事项"),
        ("/staff/conversations?outcome=%ff", 400, "没有这个结果"),
        ("/staff/conversations/unknown", 404, "没有这个会话"),
        ("/staff/conversations/" + "0" * 32, 404, "没有这个会话"),
        ("/staff/conversations/%ff%00", 404, "没有这个会话"),
        ("/staff/cases?submission=x", 400, "没有这种提交状态"),
        ("/staff/cases?page=x", 400, "页码不对"),
        ("/staff/audit?page=1.5", 400, "页码不对"),
        ("/staff/no/such/page", 404, "没有这个页面"),
    ],
)
def test_bad_addresses_get_a_reason_and_a_way_back(
    signed: Console, address: str, status: int, told: str
) -> None:
    answer = signed.get(address)
    assert answer.status_code == status
    assert told in answer.text
    assert 'href="/staff' in answer.text.split("<main")[1]


@pytest.mark.parametrize("number", ["0", "99", "x", "-1", "9" * 30, "%00"])
def test_unknown_turns_and_requests_are_404(signed: Console, number: str) -> None:
    form = {"csrf": signed.token("/staff"), "verdict": "right"}
    assert signed.post(f"/staff/turns/{number}/verdict", form).status_code == 404
    assert signed.post(f"/staff/hand-offs/{number}/settle", form).status_code == 404


def test_bad_verdicts_and_long_notes_are_refused_in_a_sentence(signed: Console, talk: Talk) -> None:
    talk({})
    form = {"csrf": signed.token("/staff")}
    odd = signed.post("/staff/turns/1/verdict", {**form, "verdict": "maybe"})
    long = signed.post("/staff/turns/1/verdict", {**form, "verdict": "right", "note": "长" * 501})
    assert (odd.status_code, long.status_code) == (400, 400)
    assert "最多 500 字" in long.text


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{broken", "application/json"), (b"\xff\xfe=%zz&&&=", "application/x-www-form-urlencoded"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"), (b"", "text/plain"),
    ],
)
def test_a_body_that_is_no_form_is_refused_and_never_breaks(
    signed: Console, body: bytes, kind: str
) -> None:
    for page in ("/staff/sign-in", "/staff/turns/1/verdict", "/staff/password"):
        answer = signed.browser.post(
            signed.base + page, data=body, headers={"Content-Type": kind}, timeout=10
        )
        assert answer.status_code == 403, page


def test_addresses_with_a_slash_at_the_end_lead_to_the_page(signed: Console) -> None:
    for page in ("/staff/", "/staff/cases/"):
        assert signed.get(page, allow_redirects=True).status_code == 200


def test_every_speech_act_and_submission_state_has_a_chinese_name() -> None:
    domain = read_yaml(ROOT / "domain.yml")
    acts = {act if isinstance(act, str) else next(iter(act)) for act in domain["intents"]}
    assert acts <= set(ACTS)
    assert set(UNDELIVERED) | {"delivered", "cancelled"} == set(SUBMISSIONS) == set(STATES)
    assert len(ASPECTS) == 11


def test_a_confidence_below_the_line_never_reads_as_the_line() -> None:
    assert [percent(v) for v in (0.599, 0.6, 0.29, 1.0, 0.0, None)] == [
        "59%", "60%", "29%", "100%", "0%", "",
    ]


def test_the_style_sheet_is_small_and_loads_nothing_from_elsewhere(console: Console) -> None:
    answer = console.get("/staff/console.css")
    assert answer.headers["Content-Type"].startswith("text/css")
    assert "max-age" in answer.headers["Cache-Control"]
    assert "url(" not in answer.text
    assert "@import" not in answer.text
    assert answer.text.count("\n") <= 250


def test_templates_switch_escaping_off_nowhere() -> None:
    folder = ROOT / "gateway" / "console" / "templates"
    pages = {path.name: path.read_text(encoding="utf-8") for path in Path(folder).glob("*.html")}
    assert len(pages) >= 9
    for name, text in pages.items():
        assert not re.search(r"\|\s*safe\b|autoescape", text), name
