"""Pages that list cases (办件) and the audit (审计); and the page for a wrong address."""

from __future__ import annotations

import re

from gateway.console.desk import Desk
from gateway.console.inputs import page_number
from gateway.console.terms import SUBMISSIONS
from gateway.console.visit import PREFIX, Answer, Problem, Visit, go
from gateway.errors import StaffError

CASES = f"{PREFIX}/cases"
AUDIT = f"{PREFIX}/audit"


def cases(desk: Desk, visit: Visit) -> Answer:
    """办件."""
    state = visit.query.get("submission", "")
    if state and state not in SUBMISSIONS:
        raise Problem(400, "没有这种提交状态，请从列表里选。", back=CASES)
    page = desk.records.cases(page_number(visit.query, CASES), state)
    query = f"submission={state}" if state else ""
    return desk.page("cases.html", visit, page=page, state=state, query=query)


def resend(desk: Desk, visit: Visit) -> Answer:
    """Send a submission again that stopped."""
    wanted = visit.params.get("submission", "")
    if not re.fullmatch(r"[0-9a-f]{32}", wanted, re.ASCII):
        raise Problem(404, "没有这条提交。", back=CASES)
    try:
        desk.submissions.resend(wanted, visit.who.name)
    except StaffError as error:
        raise Problem(409, error.sentence, back=CASES) from None
    return go(CASES)


def audit(desk: Desk, visit: Visit) -> Answer:
    """审计."""
    page = desk.records.audit(page_number(visit.query, AUDIT))
    return desk.page("audit.html", visit, page=page, query="")


def nothing(desk: Desk, visit: Visit) -> Answer:
    """Whatever no other route names; a slash at the end is forgiven."""
    if visit.path.endswith("/"):
        return go(visit.path.rstrip("/"))
    raise Problem(404, "没有这个页面，请检查地址。")
