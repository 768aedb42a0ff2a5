"""A life event after it was submitted (一件事办件): what became of each step, and doing one again."""

from __future__ import annotations

import time
from typing import Any

from rasa_sdk.events import EventType

from actions.turn import Say, Turn, button, enter, leave, remember
from gateway.cases.board import case_words
from gateway.cases.cases import CaseView
from gateway.cases.drafts import DraftView
from gateway.cases.filings import FilingView, StepView
from gateway.catalogue.model import LifeEvent
from gateway.errors import CitizenError

PATIENCE = 1.5
"""Seconds to wait for what the departments say at once."""
MOST_AGAIN = 3
GOING = ("withdrawing", "withdrawn")
SHORT = 12
"""The longest name that fits a button whole."""


def file_event(turn: Turn, say: Say, event: LifeEvent, draft: DraftView) -> list[EventType]:
    """Submit a complete life event, and say how each step stands."""
    signed, note = turn.signed, None
    if signed:
        representations = turn.core.representations

        def note(session: Any, own: str, answers: Any) -> None:
            representations.note(session, signed, own, answers)

    filed = turn.core.filings.submit(turn.citizen, draft.id, note)
    end = time.monotonic() + PATIENCE
    for step in filed.steps:
        if not step.waits_for:
            turn.core.cases.first_news(turn.citizen, step.case, max(0.0, end - time.monotonic()))
    filed = next(f for f in turn.core.filings.mine(turn.citizen) if f.id == filed.id)
    for step in filed.steps:
        turn.core.cases.read(step.case)  # it is told now
    own = "、".join(item.name for item in event.guides)
    say(
        "utter_filed_own" if own else "utter_filed", event=filed.name, count=len(filed.steps), own=own,
        lines="\n".join(f"{_line(turn, step, filed)}（{step.case.receipt}）" for step in filed.steps),
        buttons=[button("查进度", "query_progress", item=filed.event), *again_buttons(filed)],
    )
    return leave(item=filed.event, state="submitted", filing=payload(turn, filed))


def filing_named(turn: Turn, filings: list[FilingView]) -> FilingView | None:
    """The filing of the life event that the turn names."""
    from actions.life_event import event_meant

    event = event_meant(turn)
    return next((f for f in filings if event and f.event == event.event), None)


def show_filing(turn: Turn, say: Say, filed: FilingView) -> list[EventType]:
    """Each step as its department sees it now, and what waits for what."""
    fresh = turn.core.desk.refresh_all([s.case.receipt for s in filed.steps if not s.case.final])
    filed = next(f for f in turn.core.filings.mine(turn.citizen) if f.id == filed.id)
    say(
        "utter_filing_progress" if fresh else "utter_filing_progress_old",
        event=filed.name, count=len(filed.steps), done=filed.done,
        lines="\n".join(_line(turn, step, filed) for step in filed.steps),
        buttons=[*again_buttons(filed), *_step_buttons(filed)],
    )
    for step in filed.steps:
        turn.core.cases.read(step.case)
    return remember(item=filed.event, state="progress", filing=payload(turn, filed))


def do_again(turn: Turn, say: Say, receipt: str) -> list[EventType]:
    """Fill a refused or withdrawn step in again with what was given before; the new case takes its place."""
    case = turn.core.cases.by_receipt(turn.citizen, receipt)
    if not case.again:
        raise CitizenError("utter_step_under_way", item=case.item_name)
    back = turn.core.filings.put_back(turn.citizen, receipt)
    if back is not None:
        say("utter_step_put_back", item=back.item_name, receipt=back.receipt, sentence=back.sentence)
        return remember(item=back.item, case=back.receipt, state="progress")
    reopened = turn.core.drafts.reopen(turn.citizen, receipt)
    item = turn.item(case.item)
    if reopened is None or item is None:
        raise CitizenError("utter_step_under_way", item=case.item_name)
    say("utter_step_again", item=item.name)
    return enter(reopened[0].id, item)


def held(say: Say, case: CaseView) -> None:
    """After bad news of a step: what waits for it, and how it goes on."""
    if case.then and case.again:
        say("utter_step_held", then="、".join(case.then), item=case.item_name, buttons=[again_button(case)])


def again_button(case: CaseView) -> dict[str, str]:
    """Do this step again."""
    title = f"补上再送：{_short(case.item_name)}" if case.status == "waiting" else f"重新申请：{_short(case.item_name)}"
    return button(title, "apply", item=case.item, receipt=case.receipt)


def again_buttons(filed: FilingView) -> list[dict[str, str]]:
    """A button for each step that can be done again."""
    return [again_button(s.case) for s in filed.steps if s.case.again][:MOST_AGAIN]


def payload(turn: Turn, filed: FilingView) -> dict[str, Any]:
    """The filing for machines: each step with its department, status and what it waits for."""
    return {
        "event": filed.event, "name": filed.name,
        "steps": [
            {
                "number": s.number, "item": s.case.item, "name": s.case.item_name, "department": s.case.department,
                "case": s.case.receipt, "status": s.case.status, "label": s.case.label, "waits_for": list(s.waits_for),
            }
            for s in filed.steps
        ],
    }


def _line(turn: Turn, step: StepView, filed: FilingView) -> str:
    department = case_words(turn.catalogue, step.case)["department"]
    return f"{step.number}. {step.case.item_name}（{department}）：{_standing(step, filed)}"


def _standing(step: StepView, filed: FilingView) -> str:
    case = step.case
    if step.blocked:
        first = "、".join(str(n) for n in step.blocked)
        gone = any(s.case.status in GOING for s in filed.steps if s.number in step.blocked)
        return f"要等第 {first} 件，它{'撤回了' if gone else '没办成'}，重新申请它才能接着办"
    if step.waits_for:
        first = "、".join(str(n) for n in step.waits_for)
        return f"等第 {first} 件办好，自动送去"
    if case.status == "waiting" or (case.status == "submitted" and case.delivery in ("unknown", "queued", "dead")):
        return case.sentence.rstrip("。")
    if case.status in ("done_refused", "not_accepted"):
        return f"{case.label}。{case.sentence}{case.wanted}".rstrip("。")
    if case.status == "supplement":
        return f"{case.label}：{case.wanted}".rstrip("。")
    return case.label


def _step_buttons(filed: FilingView) -> list[dict[str, str]]:
    return [
        button("现在补", "supplement_case", receipt=s.case.receipt) if s.case.status == "supplement"
        else button(f"看第 {s.number} 件", "query_progress", receipt=s.case.receipt)
        for s in filed.steps
    ]


def _short(name: str) -> str:
    return name if len(name) <= SHORT else f"{name[:SHORT]}…"
