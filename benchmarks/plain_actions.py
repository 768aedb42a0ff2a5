"""The plain project's action server; copied into the project as ``actions.py``."""

from __future__ import annotations

import json
import re
import sqlite3
import uuid
from abc import ABC
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import AllSlotsReset, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

HERE = Path(__file__).parent
GUIDE = HERE / "guide.json"
APPLICATIONS = "applications.db"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
BAD = {
    "id_number": "这个身份证号不对，应是 18 位，请再发一次。",
    "phone": "手机号应是 11 位数字，请再发一次。",
    "bank_card": "卡号是 16 到 19 位数字，请再发一次。",
    "choice": "请从给出的几种里选一个。",
}


def read_answer(element: dict[str, Any], text: str) -> str | None:
    """The answer in normal form, or None when it cannot be used."""
    text = text.strip()
    kind = element["type"]
    if kind == "id_number":
        number = text.upper()
        if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
            return None
        total = sum(int(d) * w for d, w in zip(number[:17], WEIGHTS, strict=True))
        return number if "10X98765432"[total % 11] == number[-1] else None
    if kind == "phone":
        return text if re.fullmatch(r"1[3-9][0-9]{9}", text) else None
    if kind == "bank_card":
        digits = text.replace(" ", "")
        return digits if re.fullmatch(r"[0-9]{16,19}", digits) else None
    if kind == "choice":
        chosen: str | None = element["choices"].get(text)
        return chosen
    return text


def open_applications() -> sqlite3.Connection:
    """The action server's own database."""
    connection = sqlite3.connect(HERE / APPLICATIONS)
    connection.execute(
        "create table if not exists applications (receipt text primary key, sender text, item text, answers text)"
    )
    return connection


class FormCheck(FormValidationAction, ABC):
    """Base of the forms' checks: some questions depend on an earlier answer."""

    service = ""
    guide: dict[str, Any] = {}

    def name(self) -> str:
        """See rasa_sdk.Action."""
        return f"validate_{self.service}_form"

    async def required_slots(
        self, domain_slots: list[str], dispatcher: CollectingDispatcher, tracker: Tracker,
        domain: dict[str, Any],
    ) -> list[str]:
        """Leave out the questions whose condition does not hold."""
        when = {f["slot"]: f["when"] for f in self.guide["items"][self.service]["fields"]}
        return [
            slot for slot in domain_slots
            if not when.get(slot) or tracker.get_slot(when[slot][0]) in when[slot][1]
        ]


def checker(slot: str, element: dict[str, Any]) -> Callable[..., dict[str, Any]]:
    """The method ``validate_<slot>`` of a form's check: a bad answer is refused with a sentence."""

    def check(
        self: FormCheck, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker,
        domain: dict[str, Any],
    ) -> dict[str, Any]:
        answer = None if value is None else read_answer(element, str(value))
        if answer is None:
            dispatcher.utter_message(text=BAD[element["type"]])
        return {slot: answer}

    return check


def form_checks(guide: dict[str, Any]) -> list[type[FormCheck]]:
    """One check per form; rasa_sdk finds them by their base class."""
    made = []
    for service, item in guide["items"].items():
        methods = {
            f"validate_{f['slot']}": checker(f["slot"], guide["elements"][f["slot"]])
            for f in item["fields"]
        }
        if methods:
            given = {"service": service, "guide": guide, "__module__": __name__, **methods}
            made.append(type(f"Check_{service}", (FormCheck,), given))
    return made


class ActionConsult(Action):
    """Answers one aspect of the item asked about, or of the one asked about before."""

    def name(self) -> str:
        """See rasa_sdk.Action."""
        return "action_consult"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        """See rasa_sdk.Action."""
        intent = (tracker.latest_message.get("intent") or {}).get("name") or ""
        asked = intent.removeprefix("consult_") if intent.startswith("consult_") else None
        service = asked or tracker.get_slot("service")
        if not service:
            dispatcher.utter_message(response="utter_which_item")
            return []
        aspect = next(tracker.get_latest_entity_values("aspect"), "overview")
        dispatcher.utter_message(response=f"utter_{service}_{aspect}")
        return [SlotSet("service", service)]


class ActionSubmit(Action):
    """Keeps the application and says its receipt number."""

    def name(self) -> str:
        """See rasa_sdk.Action."""
        return "action_submit"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        """See rasa_sdk.Action."""
        service = _form_just_left(tracker)
        if not tracker.get_slot("confirm"):
            dispatcher.utter_message(text="好，先不交。")
            return [AllSlotsReset(), SlotSet("service", service)]
        answers = {k: v for k, v in tracker.slots.items() if v is not None}
        receipt = f"PL{uuid.uuid4().hex[:13].upper()}"
        with open_applications() as connection:
            connection.execute(
                "insert into applications values (?, ?, ?, ?)",
                (receipt, tracker.sender_id, service, json.dumps(answers, ensure_ascii=False)),
            )
        connection.close()
        dispatcher.utter_message(text=f"交好了。受理编号 {receipt}。")
        return [AllSlotsReset(), SlotSet("service", service)]


class ActionProgress(Action):
    """Lists the sender's latest applications."""

    def name(self) -> str:
        """See rasa_sdk.Action."""
        return "action_progress"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        """See rasa_sdk.Action."""
        connection = open_applications()
        rows = connection.execute(
            "select receipt, item from applications where sender = ? order by rowid desc limit 5",
            (tracker.sender_id,),
        ).fetchall()
        connection.close()
        lines = "\n".join(f"{receipt} {item}" for receipt, item in rows)
        dispatcher.utter_message(text=f"您的办件：\n{lines}" if rows else "您在这里还没有办件。")
        return []


def _form_just_left(tracker: Tracker) -> str:
    for event in reversed(tracker.events):
        if event["event"] == "active_loop" and event.get("name"):
            return str(event["name"]).removesuffix("_form")
    return ""


# rasa_sdk looks for actions as soon as this file is imported. Outside the project there is no guide.
FORMS = form_checks(json.loads(GUIDE.read_text(encoding="utf-8"))) if GUIDE.exists() else []
