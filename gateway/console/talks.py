"""Pages about conversations (会话): overview with hand-offs, list, transcript, verdicts."""

from __future__ import annotations

import re
from typing import Literal

from gateway.console.desk import Desk
from gateway.console.inputs import LIST, filters, page_number, query_of, row_id
from gateway.console.visit import PREFIX, Answer, Problem, Visit, go
from gateway.conversations.review import CHINA_TIME

VERDICTS: dict[str, Literal["right", "wrong"]] = {"right": "right", "wrong": "wrong"}


def overview(desk: Desk, visit: Visit) -> Answer:
    """总览."""
    everything = visit.query.get("hand_offs") == "all"
    return desk.page(
        "overview.html", visit, counts=desk.review.counts(), everything=everything,
        hand_offs=desk.review.hand_offs(open_only=not everything),
        today=desk.clock().astimezone(CHINA_TIME).date().isoformat(),
    )


def settle(desk: Desk, visit: Visit) -> Answer:
    """Mark a request for a human as dealt with."""
    number = row_id(visit.params.get("hand_off", ""))
    if number is None or not desk.review.settle_hand_off(number, visit.who.staff_id):
        raise Problem(404, "没有这条转人工请求。")
    return go(f"{PREFIX}#hand-offs")


def conversations(desk: Desk, visit: Visit) -> Answer:
    """会话列表."""
    chosen = filters(visit.query, desk.catalogue())
    page = desk.review.find(chosen, page_number(visit.query, LIST))
    return desk.page(
        "conversations.html", visit, filters=chosen, page=page, query=query_of(chosen)
    )


def transcript(desk: Desk, visit: Visit) -> Answer:
    """会话详情."""
    wanted = visit.params.get("conversation", "")
    found = None
    if re.fullmatch(r"[0-9a-f]{32}", wanted, re.ASCII):
        found = desk.review.transcript(wanted, visit.who.staff_id)
    if found is None:
        raise Problem(404, "没有这个会话。可能已过保存期限，或者地址不全。", back=LIST)
    return desk.page("transcript.html", visit, talk=found.conversation, turns=found.turns)


def judge(desk: Desk, visit: Visit) -> Answer:
    """Mark a turn as right or wrong."""
    verdict = VERDICTS.get(visit.form.get("verdict", ""))
    if verdict is None:
        raise Problem(400, "请选“对”或“不对”。", back=LIST)
    number = row_id(visit.params.get("turn", ""))
    note = visit.form.get("note", "").strip()
    judged = number and desk.review.judge(number, visit.who.staff_id, verdict, note)
    if not judged:
        raise Problem(404, "没有这个轮次。", back=LIST)
    return go(f"{LIST}/{judged[0]}#turn-{judged[1]}")
