"""Pages about oneself: signing in and out, changing the password; and the style sheet."""

from __future__ import annotations

import re
import secrets

from gateway.console.desk import Desk
from gateway.console.inputs import safe_next
from gateway.console.visit import FORM_COOKIE, PREFIX, SESSION_COOKIE, Answer, Visit, go
from gateway.errors import StaffError
from gateway.identity.staff import TooManyTries


def sign_in_form(desk: Desk, visit: Visit) -> Answer:
    """登录."""
    if visit.signed:
        return go(safe_next(visit.query.get("next", "")))
    return _form(desk, visit, wanted=visit.query.get("next", ""))


def sign_in(desk: Desk, visit: Visit) -> Answer:
    """Check name and password; on success go where the visitor wanted to go."""
    name, wanted = visit.form.get("name", "").strip(), visit.form.get("next", "")
    password = visit.form.get("password", "")
    if not name or not password:
        return _form(desk, visit, wanted, name, "请填用户名和密码。", 400)
    try:
        signed = desk.staff.sign_in(name, password, address=visit.address)
    except TooManyTries as error:
        answer = _form(desk, visit, wanted, name, error.sentence, 429)
        return _with_header(answer, "Retry-After", str(error.minutes * 60))
    if signed is None:
        return _form(desk, visit, wanted, name, "用户名或密码不对，请重新输入。", 403)
    return go(safe_next(wanted), cookies={SESSION_COOKIE: signed.token, FORM_COOKIE: ""})


def sign_out(desk: Desk, visit: Visit) -> Answer:
    """退出."""
    desk.staff.sign_out(visit.who.token)
    return go(f"{PREFIX}/sign-in", cookies={SESSION_COOKIE: ""})


def password_form(desk: Desk, visit: Visit) -> Answer:
    """修改密码."""
    return desk.page("password.html", visit, error="", done=bool(visit.query.get("done")))


def change_password(desk: Desk, visit: Visit) -> Answer:
    """Change the password of whoever is signed in."""
    new = visit.form.get("new", "")
    try:
        if new != visit.form.get("again", ""):
            raise StaffError("两次输入的新密码不一样，请重新输入。")
        desk.staff.change_password(
            visit.who, visit.form.get("current", ""), new, address=visit.address
        )
    except TooManyTries as error:
        return desk.page("password.html", visit, status=429, error=error.sentence, done=False)
    except StaffError as error:
        return desk.page("password.html", visit, status=400, error=error.sentence, done=False)
    return go(f"{PREFIX}/password?done=1")


def stylesheet(desk: Desk, visit: Visit) -> Answer:
    """The style sheet; its address carries a digest, so browsers may keep it."""
    headers = {"Cache-Control": "public, max-age=86400"}
    return Answer(desk.stylesheet, content_type="text/css; charset=utf-8", headers=headers)


def _form(
    desk: Desk, visit: Visit, wanted: str, name: str = "", error: str = "", status: int = 200
) -> Answer:
    # A token already given out is kept, so that a second tab does not spoil the first.
    token = visit.cookies.get(FORM_COOKIE, "")
    if not re.fullmatch(r"[A-Za-z0-9_-]{43}", token):
        token = secrets.token_urlsafe(32)
    answer = desk.page(
        "sign_in.html", visit, status=status, csrf=token, name=name[:60], error=error,
        wanted=safe_next(wanted),
    )
    return Answer(answer.body, answer.status, cookies={FORM_COOKIE: token})


def _with_header(answer: Answer, name: str, value: str) -> Answer:
    return Answer(answer.body, answer.status, headers={name: value}, cookies=answer.cookies)
