"""The notice board: notices as replies to be said, with their buttons."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from gateway.cases.calendar import days_words, left_words
from gateway.cases.cases import Cases, CaseView
from gateway.cases.notices import are_waiting, give_back, senders_to_tell, take
from gateway.cases.ratings import GRADES
from gateway.catalogue.model import Catalogue
from gateway.store.store import Store


@dataclass(frozen=True)
class Announcement:
    """One notice: response ``utter_notice_<kind>``, what fills it, and its buttons."""

    kind: str
    words: dict[str, str]
    buttons: list[dict[str, str]]


class NoticeBoard:
    """Gives out what a citizen has not been told yet."""

    def __init__(self, store: Store, cases: Cases, catalogue: Callable[[], Catalogue]) -> None:
        self._store = store
        self._cases = cases
        self._catalogue = catalogue

    def take(
        self, session: Session, citizen: str, now: dt.datetime | None = None
    ) -> list[Announcement]:
        """What is to be told now; it counts as told (at ``now``) when the session's transaction commits."""
        announcements = []
        for told in take(session, citizen, now or self._store.clock()):
            case = self._cases.view_in(session, told.case_id)
            kind = told.kind if told.kind == "rate" or _still_true(told.kind, case) else "status"
            kind = _in_event(case) if kind == "status" and case.then and case.final else kind
            announcements.append(
                Announcement(kind, case_words(self._catalogue(), case), _buttons(kind, case))
            )
        return announcements


    def are_waiting(self, citizen: str) -> bool:
        """Whether there is anything to tell the citizen."""
        with self._store.read() as session:
            return are_waiting(session, citizen)

    def give_back(self, citizen: str, told_at: dt.datetime) -> None:
        """What was taken at that moment did not arrive: it waits again."""
        with self._store.write() as session:
            give_back(session, citizen, told_at)

    def senders_to_tell(self, channel: str, hours: int) -> list[str]:
        """Senders (``channel:id``) for whom something waits, and who wrote in the last ``hours``."""
        now = self._store.clock()
        with self._store.read() as session:
            sealed = senders_to_tell(session, channel, now - dt.timedelta(hours=hours), now)
        return [str(self._store.cipher.open(sender)) for sender in sealed]


def case_words(catalogue: Catalogue, case: CaseView) -> dict[str, str]:
    """What responses about a case are filled with."""
    department = catalogue.departments.get(case.department)
    phone = department.phone if department else "12345"
    return {
        "item": case.item_name, "receipt": case.receipt, "label": case.label,
        "sentence": case.sentence, "due": case.due, "visit": case.visit,
        "wanted": case.wanted or ("部门没写明原因。" if case.final else f"没写明是什么，可以打 {phone} 问"),
        "department": department.short_name if department else "",
        "phone": phone, "then": "、".join(case.then), "wanted_words": case.wanted,
        "left": left_words(case.days_left, case.unit), "days": days_words(-case.days_left, case.unit),
    }


def _still_true(kind: str, case: CaseView) -> bool:
    """Whether a notice says what is so now: the case may have moved on since it was written."""
    return {
        "supplement": case.status == "supplement",
        "overdue": bool(case.due) and case.days_left < 0,
        "due_soon": bool(case.due) and case.days_left >= 0,
        "wanting": case.again,
    }.get(kind, True)


def _in_event(case: CaseView) -> str:
    """The notice of a step of a life event that others wait for."""
    return "released" if case.status == "done_granted" else "held"


def _buttons(kind: str, case: CaseView) -> list[dict[str, str]]:
    receipt = case.receipt
    if case.again and kind != "rate":
        title = "现在补上" if kind == "wanting" else "重新申请"
        return [_button(title, "apply", item=case.item, receipt=receipt), _button("看进度", "query_progress", receipt=receipt)]
    if kind == "rate":
        return [
            _button(words, "rate", receipt=receipt, value=str(grade)) for grade, words in GRADES.items()
        ]
    if kind == "supplement":
        return [_button("现在补", "supplement_case", receipt=receipt)]
    return [_button("看进度", "query_progress", receipt=receipt)]


def _button(title: str, act: str, **entities: str) -> dict[str, str]:
    return {"title": title, "payload": f"/{act}{json.dumps(entities, ensure_ascii=False)}"}
