"""补正: the department asks for more; what the citizen writes is read back, then sent to it."""

from __future__ import annotations

from typing import Any

from rasa_sdk.events import EventType, FollowupAction, SlotSet

from actions.progress import about_item, receipt_in, show
from actions.turn import Say, Turn, TurnAction, button, leave, remember
from gateway.cases import answers as checks
from gateway.cases.cases import CaseView
from gateway.catalogue.model import CompleteItem
from gateway.errors import CitizenError

FORM = "supplement_form"
NOTE = "supplement_note"
CONFIRM = "confirm"
DONE = "done"


class ActionSupplementCase(TurnAction):
    """Says what is missing and takes it, or says where to bring it."""

    def name(self) -> str:
        """See rasa_sdk.Action."""
        return "action_supplement_case"

    def act(self, turn: Turn, say: Say) -> list[EventType]:
        """See TurnAction."""
        receipt = receipt_in(turn)
        mine = turn.core.cases.mine(turn.citizen)
        if receipt:
            chosen = [turn.core.cases.by_receipt(turn.citizen, receipt)]
        else:
            for case in mine:
                if not case.final:
                    turn.core.desk.refresh(case.receipt)
            asked = [c for c in turn.core.cases.mine(turn.citizen) if c.status == "supplement"]
            chosen = about_item(turn, asked)
        if not chosen:
            say("utter_supplement_nothing")
            return remember(state="idle")
        if len(chosen) > 1:
            say("utter_supplement_which", buttons=[
                button(f"{c.item_name} {c.receipt[-4:]}", "supplement_case", receipt=c.receipt)
                for c in chosen
            ])
            return remember(state="cases")
        return begin(turn, say, chosen[0])


def begin(turn: Turn, say: Say, case: CaseView) -> list[EventType]:
    """Open the form of a supplement; where the department takes none here, say where it does."""
    if case.status != "supplement":
        return show(turn, say, case.receipt)
    connector = turn.core.connectors.get(case.department)
    department = turn.catalogue.departments[case.department]
    if connector is None or not connector.offers("supplement"):
        item = turn.item(case.item)
        place = item.places[0] if isinstance(item, CompleteItem) else None
        say(
            "utter_supplement_window", item=case.item_name, wanted=case.wanted or "材料",
            department=department.short_name, phone=department.phone,
            place=f"{place.name}（{place.address}）" if place else department.address,
        )
        turn.core.cases.read(case)
        return remember(item=case.item, case=case.receipt, state="progress")
    turn.core.cases.read(case)
    draft = {"id": "", "item": case.item, "receipt": case.receipt}
    return [
        *remember(item=case.item, draft=draft, case=case.receipt, state="asking"),
        SlotSet("answer", None), SlotSet("requested_slot", None), FollowupAction(FORM),
    ]


class ActionAskSupplement(TurnAction):
    """Asks for what is missing, or reads it back before it is sent."""

    def name(self) -> str:
        """The name under which Rasa's form looks for it."""
        return "action_ask_supplement_form_answer"

    def act(self, turn: Turn, say: Say) -> list[EventType]:
        """See TurnAction."""
        kept = turn.slot("draft") or {}
        case = turn.core.cases.by_receipt(turn.citizen, kept.get("receipt") or "")
        if kept.get("explained"):
            return [SlotSet("draft", {**kept, "explained": ""})]
        department = turn.catalogue.departments[case.department].short_name
        if kept.get("note"):
            say(
                "utter_supplement_confirm", department=department, note=kept["note"],
                buttons=[button("交上去", "affirm"), button("重写", "deny"), button("先不交", "stop")],
            )
            told = {**kept, "element": "", "type": CONFIRM, "files": None}
            return [SlotSet("draft", told), SlotSet("state", "confirming")]
        element = turn.catalogue.elements[NOTE]
        say(
            "utter_supplement_ask", item=case.item_name, department=department,
            wanted=case.wanted or element.ask,
        )
        told = {**kept, "element": NOTE, "type": element.type.value, "example": element.example}
        if turn.core.attachments.taken_by(case.department):
            say("utter_supplement_files")
            told["files"] = turn.core.attachments.allowed(case.department)
        return [SlotSet("draft", told), SlotSet("state", "asking")]


class ValidateSupplementForm(TurnAction):
    """Reads what the citizen writes; only a yes sends it."""

    def name(self) -> str:
        """The name under which Rasa's form looks for it."""
        return "validate_supplement_form"

    def after_failure(self) -> list[EventType]:
        """What was not checked never counts as given."""
        return [SlotSet("answer", None)]

    def act(self, turn: Turn, say: Say) -> list[EventType]:
        """See TurnAction."""
        kept: dict[str, Any] = turn.slot("draft") or {}
        if turn.slot("answer") in (None, DONE):
            return []
        if not kept.get("receipt"):
            return leave(state="idle")
        if kept.get("type") == CONFIRM and (turn.act == "affirm" or "交" in turn.text):
            return [SlotSet("answer", DONE)]
        if kept.get("type") == CONFIRM and turn.act == "deny":
            return [SlotSet("answer", None), SlotSet("draft", {**kept, "note": ""})]
        element = turn.catalogue.elements[NOTE]
        try:
            note = _sent_instead(turn, kept) or checks.read(element, turn.text, turn.core.today())
        except CitizenError as error:
            say(error.response, **{"example": element.example, **error.values})
            return [SlotSet("answer", None), SlotSet("draft", {**kept, "explained": NOTE})]
        return [SlotSet("answer", None), SlotSet("draft", {**kept, "note": note})]


def _sent_instead(turn: Turn, kept: dict[str, Any]) -> str:
    """传好了, after files were sent: they are the supplement; what is written says so."""
    said = turn.entities.get("value") == checks.SENT or checks.SAID_SENT.match(turn.text)
    case = turn.core.cases.by_receipt(turn.citizen, kept["receipt"])
    count = turn.core.attachments.of_case(case.id) if said else 0
    return f"见附件，共 {count} 份。" if count else ""


class ActionFinishSupplement(TurnAction):
    """Sends the supplement and says how it stands."""

    def name(self) -> str:
        """See rasa_sdk.Action."""
        return "action_finish_supplement"

    def after_failure(self) -> list[EventType]:
        """The form is over; what the department asked for can be read again."""
        return leave(state="refused")

    def act(self, turn: Turn, say: Say) -> list[EventType]:
        """See TurnAction."""
        kept = turn.slot("draft") or {}
        if turn.slot("answer") != DONE or not kept.get("note"):
            return []
        case = turn.core.cases.supplement(turn.citizen, kept["receipt"], {NOTE: kept["note"]})
        case = turn.core.cases.first_news(turn.citizen, case)
        delivered = case.delivery == "delivered"
        say(
            "utter_supplemented" if delivered else "utter_supplement_waiting",
            item=case.item_name, sentence=case.sentence, due=case.due,
            department=turn.catalogue.departments[case.department].short_name,
            buttons=[button("查进度", "query_progress", receipt=case.receipt)],
        )
        return leave(item=case.item, case=case.receipt, state="submitted")
