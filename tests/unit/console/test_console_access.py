"""Who gets in: every route, sessions, cookies, CSRF, one-time passwords, where sign-in leads."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from gateway.console.inputs import safe_next
from gateway.console.routes import ROUTES, Route
from gateway.store.staff_tables import HandOff, Turn
from gateway.store.tables import Audit

from .conftest import PASSWORD, Console

STAFF_ROUTES = [route for route in ROUTES if route.access == "staff"]


def address(route: Route) -> str:
    """A real address of ``route``, its parameters filled in."""
    return "/staff" + re.sub(r"<[a-z_]+:[a-z]+>", "1", route.path).rstrip("/")


def call(console: Console, route: Route, **kwargs: Any) -> Any:
    if route.method == "GET":
        return console.get(address(route), **kwargs)
    return console.post(address(route), {"verdict": "right"}, **kwargs)


def test_only_the_sign_in_page_and_the_style_sheet_are_public() -> None:
    public = {(route.method, route.path) for route in ROUTES if route.access == "public"}
    assert public == {("GET", "/sign-in"), ("POST", "/sign-in"), ("GET", "/console.css")}


def test_without_a_session_every_staff_route_sends_to_sign_in_and_shows_nothing(
    console: Console, talk: Callable[..., str], hand_off: int
) -> None:
    talk({})
    for cookies in ({}, {"yiwen_staff": "made-up"}):
        for route in STAFF_ROUTES:
            answer = call(console, route, cookies=cookies)
            assert answer.status_code == 303, route
            assert answer.headers["Location"].startswith("/staff/sign-in"), route
            assert answer.text == "", route
    with console.store.read() as session:
        assert session.scalar(sa.select(HandOff.settled_at)) is None
        assert session.scalar(sa.select(Turn.verdict)) is None


def test_a_post_without_the_token_of_its_form_changes_nothing(
    signed: Console, talk: Callable[..., str], hand_off: int
) -> None:
    talk({})
    for route in ROUTES:
        if route.method != "POST":
            continue
        for token in ({}, {"csrf": ""}, {"csrf": "made-up"}, {"csrf": "伪造"}):
            form = {"verdict": "right", "name": "admin", "password": PASSWORD, **token}
            answer = signed.post(address(route), form)
            assert answer.status_code == 403, (route, token)
            assert "重新提交" in answer.text, route
    with signed.store.read() as session:
        assert session.scalar(sa.select(HandOff.settled_at)) is None
        assert session.scalar(sa.select(Turn.verdict)) is None
    assert signed.get("/staff").status_code == 200


def test_the_token_of_another_session_is_refused(
    serve: Callable[..., Console], hand_off: int
) -> None:
    mine, theirs = serve(), serve()
    mine.sign_in()
    theirs.sign_in()
    token = theirs.token("/staff")
    assert mine.post(f"/staff/hand-offs/{hand_off}/settle", {"csrf": token}).status_code == 403


def test_every_answer_forbids_caching_framing_and_foreign_content(
    signed: Console, talk: Callable[..., str]
) -> None:
    pages = ["/staff", "/staff/conversations", f"/staff/conversations/{talk({})}", "/staff/cases",
             "/staff/audit", "/staff/password", "/staff/nowhere", "/staff/cases?page=x"]
    for page in pages:
        answer = signed.get(page)
        assert answer.headers["Cache-Control"] == "no-store", page
        policy = answer.headers["Content-Security-Policy"]
        for part in ("default-src 'self'", "style-src 'self'", "frame-ancestors 'none'"):
            assert part in policy, page
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff", page
        assert answer.headers["Referrer-Policy"] == "same-origin", page
        assert not re.search(r"<script|<style|\son\w+=|\sstyle=", answer.text), page


@pytest.mark.parametrize(
    ("public_url", "secure"), [("", False), ("http://city.cn", False), ("https://city.cn", True)]
)
def test_cookies_stay_with_the_console_and_are_secure_under_https(
    serve: Callable[..., Console], public_url: str, secure: bool
) -> None:
    console = serve(public_url=public_url)
    first = console.get("/staff/sign-in")
    token = re.search(r'name="csrf" value="([^"]+)"', first.text)
    assert token
    # The browser would keep a Secure cookie back from this plain connection: hand it over.
    answer = console.post(
        "/staff/sign-in", {"name": "admin", "password": PASSWORD, "csrf": token.group(1)},
        headers={"Cookie": f"yiwen_staff_form={token.group(1)}"},
    )
    cookie = next(
        value for name, value in answer.raw.headers.items()
        if name.lower() == "set-cookie" and value.startswith("yiwen_staff=")
    )
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Path=/staff" in cookie
    assert ("Secure" in cookie) == secure


def test_sign_in_leads_to_the_page_that_was_wanted(console: Console) -> None:
    answer = console.get("/staff/conversations?item=id-card-lost&page=2")
    assert answer.headers["Location"] == (
        "/staff/sign-in?next=%2Fstaff%2Fconversations%3Fitem%3Did-card-lost%26page%3D2"
    )
    form = console.get(answer.headers["Location"]).text
    wanted = re.search(r'name="next" value="([^"]+)"', form)
    assert wanted
    answer = console.sign_in(next=wanted.group(1).replace("&amp;", "&"))
    assert answer.headers["Location"] == "/staff/conversations?item=id-card-lost&page=2"


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.cn", "//evil.cn", "/\\evil.cn", "/staff\\..\\evil", "/staffing", "javascript:x",
     "/staff/\r\nSet-Cookie: a=b", "/staff/../webhooks", "/staff/" + "a" * 500, "/", "staff", ""],
)
def test_sign_in_never_leads_out_of_the_console(wanted: str) -> None:
    assert safe_next(wanted) == "/staff"


def test_a_forged_sign_in_link_does_not_lead_away(console: Console) -> None:
    assert console.sign_in(next="https://evil.cn/staff").headers["Location"] == "/staff"
    signed = console.get("/staff/sign-in?next=//evil.cn")
    assert signed.headers["Location"] == "/staff"


def test_wrong_passwords_are_refused_without_saying_which_part_was_wrong(console: Console) -> None:
    known = console.sign_in("wrong password")
    unknown = console.sign_in("wrong password", name="nobody")
    assert known.status_code == unknown.status_code == 403
    for answer in (known, unknown):
        assert "用户名或密码不对" in answer.text
    assert "wrong password" not in known.text


def test_the_sixth_try_is_told_how_long_to_wait(console: Console) -> None:
    for _ in range(5):
        assert console.sign_in("wrong password").status_code == 403
    answer = console.sign_in()
    assert answer.status_code == 429
    assert "15 分钟后再来" in answer.text
    assert answer.headers["Retry-After"] == "900"


def test_a_one_time_password_opens_nothing_but_the_page_to_change_it(
    serve: Callable[..., Console],
) -> None:
    console = serve()
    with console.store.write() as session:
        session.execute(sa.text("update staff_users set must_change_password = 1"))
    console.sign_in()
    for route in STAFF_ROUTES:
        if route.method == "GET" and not route.with_one_time_password:
            assert console.get(address(route)).headers["Location"] == "/staff/password", route
    form = {"current": PASSWORD, "new": "a fresh long one", "again": "a fresh long one"}
    form["csrf"] = console.token("/staff/password")
    assert console.post("/staff/password", form).status_code == 303
    assert console.get("/staff").status_code == 200


def test_changing_the_password_says_what_is_wrong(signed: Console) -> None:
    form = {"current": PASSWORD, "csrf": signed.token("/staff/password")}
    short = signed.post("/staff/password", {**form, "new": "short", "again": "short"})
    assert short.status_code == 400
    assert "至少 10 个字符" in short.text
    unlike = signed.post("/staff/password", {**form, "new": "a" * 12, "again": "b" * 12})
    assert "两次输入的新密码不一样" in unlike.text


def test_after_sign_out_the_old_cookie_opens_nothing(signed: Console) -> None:
    cookie = signed.browser.cookies["yiwen_staff"]
    assert signed.post("/staff/sign-out", {"csrf": signed.token("/staff")}).status_code == 303
    assert "yiwen_staff" not in signed.browser.cookies
    assert signed.get("/staff", cookies={"yiwen_staff": cookie}).status_code == 303


def test_a_form_that_is_far_too_large_is_refused(signed: Console) -> None:
    answer = signed.post("/staff/turns/1/verdict", {"note": "x" * 100_000})
    assert answer.status_code == 413


def test_sign_in_and_its_failures_are_in_the_audit_with_the_address(console: Console) -> None:
    console.sign_in("wrong password")
    console.sign_in()
    with console.store.read() as session:
        rows = session.execute(sa.select(Audit.action, Audit.target).order_by(Audit.id)).all()
    assert rows[-2:] == [("sign_in_failed", "127.0.0.1"), ("sign_in", "127.0.0.1")]
