"""Following cases: progress, withdrawing."""

from __future__ import annotations

import re

from rasa_sdk.events import EventType

from actions.filing import again_button, filing_named, held, show_filing
from actions.sign_in import is_stranger, link
from actions.turn import Say, Turn, TurnAction, button, remember
from gateway.cases.board import case_words
from gateway.cases.cases import CaseView
from gateway.cases.filings import FilingView
from gateway.cases.values import RECEIPT
from gateway.errors import CitizenError

LEAST_LIKELY = 0.05
LIKE_A_RECEIPT = re.compile(r"(?<![A-Za-z])YW[ -]?[0-9]{6}", re.IGNORECASE)
"""Begins like a receipt number, and may be too short or too long for one."""


class ActionQueryProgress(TurnAction):
    """Shows one case by its receipt number, or the citizen's own list."""

    def name(self) -> str:
        """See rasa_sdk.Action."""
        return "action_query_progress"

    def act(self, turn: Turn, say: Say) -> list[EventType]:
        """See TurnAction."""
        receipt = receipt_in(turn)
        if receipt:
            return show(turn, say, receipt)
        mine = turn.core.cases.mine(turn.citizen)
        if not mine:
            if is_stranger(turn):
                say("utter_no_cases_here", buttons=[link(turn)])
            else:
                say("utter_no_cases")
            return remember(state="idle")
        filings = turn.core.filings.mine(turn.citizen)
        mine = _standing(mine, filings)
        named = filing_named(turn, filings)
        if named is not None:
            return show_filing(turn, say, named)
        about = about_item(turn, mine)
        if len(about) == 1:
            return show(turn, say, about[0].receipt)
        grouped = {s.case.receipt for f in filings for s in f.steps}
        alone = [c for c in mine if c.receipt not in grouped]
        if len(filings) == 1 and not alone and about == mine:
            return show_filing(turn, say, filings[0])
        return show_list(turn, say, filings, alone)


def _standing(cases: list[CaseView], filings: list[FilingView]) -> list[CaseView]:
    """Without those in whose place of a life event another one stands now."""
    places = {step.case.item: step.case.receipt for filed in filings for step in filed.steps}
    return [
        c for c in cases
        if not c.final or c.status == "done_granted" or places.get(c.item, c.receipt) == c.receipt
    ]


def show_list(turn: Turn, say: Say, filings: list[FilingView], alone: list[CaseView]) -> list[EventType]:
    """Life events as one line each, then the cases of their own."""
    lines = [f"{f.name}：{len(f.steps)} 件，办好 {f.done} 件" for f in filings]
    lines += [f"{c.item_name}：{c.label}（{c.receipt}）" for c in alone]
    say(
        "utter_my_cases", count=len(lines), lines="\n".join(f"{n}. {line}" for n, line in enumerate(lines, 1)),
        buttons=[
            *(button(f.name, "query_progress", item=f.event) for f in filings),
            *(button(f"{c.item_name} {c.receipt[-4:]}", "query_progress", receipt=c.receipt) for c in alone),
        ],
    )
    return remember(state="cases")


def show(turn: Turn, say: Say, receipt: str) -> list[EventType]:
    """One case, as the department sees it now; says so when the department cannot be asked."""
    try:
        turn.core.cases.by_receipt(turn.citizen, receipt)  # refuses other people's numbers first
    except CitizenError:
        if not is_stranger(turn):
            raise
        say("utter_receipt_not_here", receipt=receipt, buttons=[link(turn)])
        return remember(state="refused")
    fresh = turn.core.desk.refresh(receipt)
    case = turn.core.cases.by_receipt(turn.citizen, receipt)
    response = _response(case, fresh)
    more = _document(turn, case) if response == "utter_progress_granted" else {}
    if response == "utter_progress_granted" and not more:
        response = "utter_progress"
    say(response, buttons=_buttons(case), **case_words(turn.catalogue, case), **more)
    held(say, case)
    turn.core.cases.read(case)
    return remember(item=case.item, case=case.receipt, state="progress")


def _response(case: CaseView, fresh: bool) -> str:
    if not fresh:
        return "utter_progress_old"
    own = {
        "supplement": "utter_progress_supplement", "done_granted": "utter_progress_granted",
        "done_refused": "utter_progress_refused", "not_accepted": "utter_progress_refused",
    }
    if case.status in own:
        return own[case.status]
    if case.status == "booked" and case.visit:
        return "utter_progress_booked"
    if case.due and case.days_left < 0:
        return "utter_progress_overdue"
    return "utter_progress_due" if case.due else "utter_progress"


def _buttons(case: CaseView) -> list[dict[str, str]]:
    if case.again and not case.then:
        return [again_button(case)]
    if case.final:
        return []
    first = [button("现在补", "supplement_case", receipt=case.receipt)] if case.status == "supplement" else []
    return [*first, button("撤回", "withdraw_case", receipt=case.receipt)]


def _document(turn: Turn, case: CaseView) -> dict[str, str]:
    """The links of a granted case's document; nothing where it has none (cases of earlier versions)."""
    document = turn.core.documents.of(case)
    if document is None:
        return {}
    return {"link": document.link, "verify": document.verify, "code": document.code}


def receipt_in(turn: Turn) -> str | None:
    """The receipt number of a button or of the text.

    Raises:
        CitizenError: something like a receipt number stands there, but it has a slip.
    """
    receipt = turn.entities.get("receipt") or turn.elements.get("receipt")
    if receipt:
        return str(receipt)
    if RECEIPT.search(turn.text) or LIKE_A_RECEIPT.search(turn.text):
        raise CitizenError("utter_receipt_wrong")
    return None


def about_item(turn: Turn, cases: list[CaseView]) -> list[CaseView]:
    """The cases of the item that the message names; all of them if it names none."""
    named = {m["item"] for m in turn.matches[:1] if m["score"] >= 0.5}
    about = [c for c in cases if c.item in named] or _likeliest(turn, cases)
    return about or cases


def _likeliest(turn: Turn, cases: list[CaseView]) -> list[CaseView]:
    """撤回医保那件: of several services that it may mean, the only one that there are cases of."""
    mine = {m["item"]: m["score"] for m in turn.matches if m["score"] >= LEAST_LIKELY} if turn.clarify else {}
    about = [c for c in cases if c.item in mine]
    return about if len({c.item for c in about}) == 1 else []


KEEPS = re.compile(r"(?:不|别|先不|不要|不用)(?:撤|取消|撤回)")


class ActionWithdrawCase(TurnAction):
    """Withdraws a case, after one question whether that is meant."""

    def name(self) -> str:
        """See rasa_sdk.Action."""
        return "action_withdraw_case"

    def act(self, turn: Turn, say: Say) -> list[EventType]:
        """See TurnAction."""
        if turn.filling and not turn.entities and not turn.elements.get("receipt"):
            from actions.stopping import ActionStop

            return ActionStop().act(turn, say)
        receipt = receipt_in(turn)
        offer = turn.slot("offer") or {}
        if offer.get("act") == "withdraw_case" and receipt in (None, offer["receipt"]):
            if KEEPS.search(turn.text):  # 不撤了: it goes on, and that is shown
                return show(turn, say, offer["receipt"])
            if not turn.entities:  # 撤回, said again to the question whether that is meant
                return withdraw(turn, say, offer["receipt"])
        if receipt and turn.entities.get("sure"):
            return withdraw(turn, say, receipt)
        running = [c for c in turn.core.cases.mine(turn.citizen) if not c.final]
        if receipt:
            chosen = [turn.core.cases.by_receipt(turn.citizen, receipt)]
        else:
            chosen = about_item(turn, running)
        if not chosen:
            say("utter_nothing_to_withdraw")
            return remember(state="idle")
        if len(chosen) > 1:
            say(
                "utter_withdraw_which",
                buttons=[button(f"{c.item_name} {c.receipt[-4:]}", "withdraw_case", receipt=c.receipt) for c in chosen],
            )
            return remember(state="cases")
        case = chosen[0]
        say(
            "utter_withdraw_sure_step" if case.then else "utter_withdraw_sure", then="、".join(case.then), item=case.item_name, receipt=case.receipt,
            buttons=[button("撤回", "withdraw_case", receipt=case.receipt, sure="yes"), button("不撤了", "deny")],
        )
        return remember(case=case.receipt, offer={"act": "withdraw_case", "receipt": case.receipt}, state="cases")


def withdraw(turn: Turn, say: Say, receipt: str) -> list[EventType]:
    """Withdraw, and say how it stands."""
    case = turn.core.cases.withdraw(turn.citizen, receipt)
    case = turn.core.cases.first_news(turn.citizen, case)
    say(
        "utter_withdrawn" if case.final else "utter_withdrawing",
        item=case.item_name, receipt=case.receipt, sentence=case.sentence,
    )
    if case.again:
        held(say, case)
    return remember(case=receipt, state="progress")
