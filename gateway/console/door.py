"""Who may pass: the session, the one-time password and the CSRF token, the same for every route."""

from __future__ import annotations

import hmac
from dataclasses import replace
from urllib.parse import urlencode

from gateway.console.desk import Desk
from gateway.console.routes import Route
from gateway.console.visit import (
    FORM_COOKIE,
    PREFIX,
    SESSION_COOKIE,
    Answer,
    Problem,
    Visit,
    go,
)
from gateway.errors import StaffError


def answer(desk: Desk, route: Route, visit: Visit) -> Answer:
    """Answer one visit of ``route``. Blocks: call it in a thread."""
    token = visit.cookies.get(SESSION_COOKIE, "")
    visit = replace(visit, signed=desk.staff.session(token) if token else None)
    try:
        return _turned_away(route, visit) or route.page(desk, visit)
    except Problem as problem:
        return desk.problem(visit, problem)
    except StaffError as error:
        return desk.problem(visit, Problem(400, error.sentence))


def _turned_away(route: Route, visit: Visit) -> Answer | None:
    """Where to send a visitor who may not see this page; None for who may."""
    signed = visit.signed
    if route.access == "staff" and signed is None:
        return go(_sign_in(visit))
    if route.method == "POST":
        own = route.access == "staff" and signed is not None
        expected = signed.csrf_token if own and signed else visit.cookies.get(FORM_COOKIE, "")
        _check_form(expected, visit)
    if route.access == "staff" and signed and signed.must_change_password:
        return None if route.with_one_time_password else go(f"{PREFIX}/password")
    return None


def _sign_in(visit: Visit) -> str:
    page = f"{PREFIX}/sign-in"
    if visit.method != "GET" or visit.path.rstrip("/") == PREFIX:
        return page
    wanted = visit.path + (f"?{visit.query_string}" if visit.query_string else "")
    return f"{page}?{urlencode({'next': wanted})}"


def _check_form(expected: str, visit: Visit) -> None:
    given = visit.form.get("csrf", "")
    if not expected or not hmac.compare_digest(expected.encode(), given.encode()):
        raise Problem(403, "这个页面放得太久，已经失效。请回到页面重新提交。")
