"""The end of the form: the application is submitted, the time booked, or the department asked."""

from __future__ import annotations

from typing import Any

from rasa_sdk.events import EventType, SlotSet

from actions.apply import matter, start
from actions.filing import file_event
from actions.service_form import DONE
from actions.sign_in import ask_to_sign_in, gone, lacks
from actions.turn import Say, Turn, TurnAction, button, enter, leave
from gateway.cases import answers as checks
from gateway.cases.calendar import due_day, spoken_day
from gateway.cases.cases import CaseView
from gateway.cases.drafts import DraftView
from gateway.cases.opening import WAITING
from gateway.cases.statuses import statuses
from gateway.catalogue.model import CompleteItem, Flow, LifeEvent, ServiceItem, Unit
from gateway.errors import CitizenError
from gateway.identity.sources import OWN

HERE = "在这里"
"""Stands in the step of a guide that is done in this conversation."""


class ActionFinish(TurnAction):
    """Runs when the form is complete: submits, books, or asks the department."""

    def name(self) -> str:
        """See rasa_sdk.Action."""
        return "action_finish"

    def after_failure(self) -> list[EventType]:
        """The draft stays in the store; the citizen can go on with it (resume_draft)."""
        return leave(state="refused")

    def act(self, turn: Turn, say: Say) -> list[EventType]:
        """See TurnAction."""
        draft, kept = turn.draft(), turn.slot("draft") or {}
        if not kept or turn.slot("answer") != DONE:
            return []  # the form was left, not completed
        if draft is None:
            return gone(turn, say)
        item = turn.filled_in(draft)
        if isinstance(item, LifeEvent):
            return ask_to_sign_in(turn, say, item) if lacks(turn, item) else file_event(turn, say, item, draft)
        if not isinstance(item, CompleteItem):  # the catalogue changed while it was filled in
            start(turn, say, item)
            return leave(item=item.item, state="refused")
        if lacks(turn, item):
            return ask_to_sign_in(turn, say, item)
        if item.flow is Flow.query:
            return self._query(turn, say, item, draft, kept)
        return self._submit(turn, say, item, draft)

    def _query(
        self, turn: Turn, say: Say, item: ServiceItem, draft: DraftView, kept: dict[str, Any]
    ) -> list[EventType]:
        values = dict(draft.answers)
        element = turn.catalogue.elements[kept["element"]]
        if element.element not in values:  # a secret is in this turn's text only
            values[element.element] = checks.read(element, turn.text, turn.core.today())
        try:
            rows = turn.core.desk.query(item, values, key=draft.id)
        except CitizenError as error:
            return self._query_refused(turn, say, item, draft, error)
        turn.core.drafts.drop(turn.citizen, draft.id)
        say(
            "utter_query_result", item=item.name, source=turn.department(item).short_name,
            lines="\n".join(f"· {name}：{value}" for name, value in rows.items()),
            buttons=[button("再查一次", "apply", item=item.item)],
        )
        return leave(item=item.item, state="answered")

    def _query_refused(
        self, turn: Turn, say: Say, item: ServiceItem, draft: DraftView, error: CitizenError
    ) -> list[EventType]:
        """Ask again for the answer that the department names as wrong; else end here."""
        field = error.values.pop("field", None)
        say(error.response, **error.values)
        if field not in {f.element for f in item.fields}:
            turn.core.drafts.drop(turn.citizen, draft.id)
            return leave(item=item.item, state="refused")
        turn.core.drafts.forget(turn.citizen, draft.id, field)
        kept = turn.slot("draft")
        told = {**kept, "explained": field if kept["element"] == field else ""}
        return [*enter(draft.id, item), SlotSet("draft", told)]

    def _submit(
        self, turn: Turn, say: Say, item: CompleteItem, draft: DraftView
    ) -> list[EventType]:
        if turn.signed:
            turn.core.representations.record(turn.signed, draft.id, draft.answers)
        case = turn.core.cases.submit(turn.citizen, draft.id)
        case = turn.core.cases.first_news(turn.citizen, case)
        if case.status == "not_accepted":
            return _not_accepted(turn, say, item, case)
        if case.status == WAITING:
            say("utter_step_put_back", item=case.item_name, receipt=case.receipt, sentence=case.sentence)
            return leave(item=item.item, case=case.receipt, state="submitted")
        limit = item.promised_limit
        today = turn.core.today()
        at_once = limit.unit is Unit.immediate
        due = spoken_day(today if at_once else due_day(today, limit))
        response = "utter_submitted" if case.delivery == "delivered" else "utter_submitted_waiting"
        if case.status == "booked":
            response = "utter_booked"
        say(
            response, item=matter(item.name, "申请", "申领", "办理", "预约", "提交"), receipt=case.receipt,
            sentence=case.sentence, department=turn.department(item).short_name,
            limit="今天" if at_once else limit.text(), due=due,
            when=case.visit, delivery=item.result.delivery, next=_next_step(item),
            buttons=[
                button("查进度", "query_progress", receipt=case.receipt),
                *([] if case.final else [button("撤回", "withdraw_case", receipt=case.receipt)]),
            ],
        )
        if case.then:
            say("utter_step_goes_on", then="、".join(case.then))
        return leave(item=item.item, case=case.receipt, state="submitted")


def _not_accepted(turn: Turn, say: Say, item: CompleteItem, case: CaseView) -> list[EventType]:
    """The department did not take it: only the answer that it blames is asked again. When it blames
    none, or who somebody is as the sign-in says it, everything is kept for another try."""
    department = turn.department(item).short_name
    reopened = turn.core.drafts.reopen(turn.citizen, case.receipt)
    if reopened and reopened[1] and not (turn.signed and reopened[1] in OWN):
        say("utter_refused_field", department=department, sentence=case.sentence)
        return [*enter(reopened[0].id, item), SlotSet("case", case.receipt)]
    say(
        "utter_not_accepted", department=department, sentence=case.sentence, receipt=case.receipt,
        buttons=[button("改了再交", "resume_draft"), button("转人工", "hand_off")],
    )
    return leave(item=item.item, case=case.receipt, state="refused")


def _next_step(item: CompleteItem) -> str:
    """What happens after the step that was done here (在这里答几个问题), from the guide."""
    done = next((n for n, step in enumerate(item.steps) if HERE in step.does), 0)
    later = item.steps[done + 1:]
    return later[0].does if later else statuses()["received"].says
