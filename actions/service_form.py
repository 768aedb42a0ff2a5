"""The one generic form: asks what the item asks, checks each answer, and sums up before submitting.

The draft lives in the store. The slot ``draft`` only says which one, and which question stands open.
"""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk.events import EventType, SlotSet

from actions import attached
from actions.change_answer import changed_by_text, chosen_anew, step_chosen_anew
from actions.consent import CONSENT, decide, prepare, words_of
from actions.life_event import confirm_lines
from actions.sign_in import gone
from actions.slots import next_times, times_for
from actions.turn import Say, Turn, TurnAction, button
from gateway.cases import answers as checks
from gateway.cases import form
from gateway.cases.drafts import DraftView
from gateway.catalogue.model import (
    Choice,
    Element,
    ElementType,
    Flow,
    FormField,
    LifeEvent,
    Matter,
    ServiceItem,
)
from gateway.errors import CitizenError

STARTS = {
    "action_apply", "action_choose", "action_resume_draft", "action_affirm", "action_deny",
    "action_change_answer", "action_finish",
    "action_sign_in",
}
"""Actions after which the question needs no 我们接着填."""
GRUMBLES = re.compile(r"(?:问|填|写|要)(?:我|得|的)?(?:这|那|恁)么(?:多|细|详细)|问(?:这|那)个?(?:干|做)(?:嘛|吗|啥|什么)|(?:干嘛|凭什么|为什么|为啥)要?(?:问|填|写|告诉)")
"""About the question, and no answer to it: 你问这么多干嘛."""
CONFIRM_BUTTONS = [button("确认提交", "affirm"), button("改一项", "change_answer"), button("先不办", "stop")]
FED_UP = re.compile(
    r"(?:真|太|好|你|也太|怎么这么)*(?:烦不烦|有完没完|没完没了|烦死(?:人|我)?了?|烦人|罗嗦|啰嗦|磨叽|麻烦死?了?|烦)[啊呀吗呢的了]*[。.!！?？~ ]*"
)
"""No answer to any question: the end of it is told."""
DONE = "done"
CONFIRM = "confirm"


class ActionAskAnswer(TurnAction):
    """Asks the next question, or shows the summary for confirmation."""

    def name(self) -> str:
        """The name under which Rasa's form looks for it."""
        return "action_ask_service_form_answer"

    def act(self, turn: Turn, say: Say) -> list[EventType]:
        """See TurnAction."""
        draft = turn.draft()
        if draft is None:
            return gone(turn, say)
        item = turn.filled_in(draft)
        draft, asked_first = prepare(turn, say, item, draft)
        if asked_first:
            return asked_first
        kept = {"id": draft.id, "item": item.item}
        field = form.next_field(item, draft.answers)
        before = turn.slot("draft") or {}
        if before.get("explained") == (field.element if field else CONFIRM):
            return [SlotSet("draft", {**before, "explained": ""})]
        if field is None:
            return self._confirm(turn, say, item, draft, kept)
        return self._ask(turn, say, item, draft, field, kept, before)

    def _ask(
        self, turn: Turn, say: Say, item: Matter, draft: DraftView, field: FormField,
        kept: dict[str, Any], before: dict[str, Any],
    ) -> list[EventType]:
        element = turn.catalogue.elements[field.element]
        choices = form.choices_of(field, element)
        if element.type is ElementType.slot and isinstance(item, ServiceItem):
            choices = next_times(turn.core.desk.free_slots(item, draft.answers))
        number, total = form.progress(item, draft.answers)
        digressed = before.get("element") and [  # an application just begun has no question open
            a for a in turn.actions_so_far() if a not in STARTS and a.startswith(("action_", "utter_"))
        ]
        returned = bool(turn.slot("returned") and before.get("element"))
        if returned:
            say("utter_resume", item=item.name, done=number - 1, total=total)
        kept |= {"element": element.element, "type": element.type.value, "example": element.example}
        buttons = choice_buttons(choices, field)
        if attached.takes_files(element):
            sent = turn.core.attachments.of_draft(draft.id, element.element)
            buttons = attached.choices(sent, field)
            kept["files"] = attached.allowed(turn, item, draft, element)
            if sent:
                say("utter_attachment_there", name=element.name, count=sent)
        say(
            "utter_ask_again" if digressed and not returned else "utter_ask", buttons=buttons,
            ask=words_of(turn, field, draft), why=element.why, number=number, total=total,
        )
        if element.type is ElementType.slot or field.choices:
            kept["choices"] = [c.dict() for c in choices]
        return [SlotSet("draft", kept), SlotSet("state", "asking")]

    def _confirm(
        self, turn: Turn, say: Say, item: Matter, draft: DraftView, kept: dict[str, Any]
    ) -> list[EventType]:
        if isinstance(item, LifeEvent):
            say(
                "utter_event_confirm", event=item.name, count=len(item.chosen(draft.answers)),
                lines=confirm_lines(turn, item, draft.answers), buttons=CONFIRM_BUTTONS,
            )
            return [SlotSet("draft", {**kept, "element": "", "type": CONFIRM}), SlotSet("state", "confirming")]
        rows = form.summary(turn.catalogue, item, draft.answers)
        say(
            "utter_confirm", item=item.name, department=turn.department(item).short_name,
            lines="\n".join(f"· {name}：{value}" for _, name, value in rows),
            buttons=CONFIRM_BUTTONS,
        )
        return [SlotSet("draft", {**kept, "element": "", "type": CONFIRM}), SlotSet("state", "confirming")]


def choice_buttons(choices: tuple[Choice, ...], field: FormField) -> list[dict[str, str]]:
    """A button a choice, none left out (times are few already), and 跳过 where there need be no answer."""
    buttons = [button(c.label, "inform", value=c.value) for c in choices]
    return buttons if field.required else [*buttons, button("跳过", "inform", skip="yes")]


class ValidateServiceForm(TurnAction):
    """Reads one answer. What cannot be used is explained, and nothing already given is lost."""

    def name(self) -> str:
        """The name under which Rasa's form looks for it."""
        return "validate_service_form"

    def after_failure(self) -> list[EventType]:
        """An answer that was not checked must never count as given."""
        return [SlotSet("answer", None)]

    def act(self, turn: Turn, say: Say) -> list[EventType]:
        """See TurnAction."""
        if turn.slot("answer") in (None, DONE):
            return []
        draft, kept = turn.draft(), turn.slot("draft") or {}
        if draft is None:
            return gone(turn, say)
        item = turn.filled_in(draft)
        if kept.get("type") == CONSENT:
            return decide(turn, say, item, draft)
        if kept.get("type") == CONFIRM:
            return self._confirmed(turn, say, item, draft)
        field = form.next_field(item, draft.answers)
        if field is None or field.element != kept.get("element"):
            return [SlotSet("answer", None)]
        return self._answered(turn, say, item, draft, field)

    def _answered(
        self, turn: Turn, say: Say, item: Matter, draft: DraftView, field: FormField
    ) -> list[EventType]:
        element = turn.catalogue.elements[field.element]
        try:
            value = self._read(turn, item, draft, field, element)
        except CitizenError as error:
            return self._explain(turn, say, item, draft, field, error)
        after = turn.core.drafts.answer(turn.citizen, draft.id, field.element, value)
        complete = item.flow is Flow.query and form.next_field(item, after.answers) is None
        # An answer ends a digression: the talk is about this application again.
        return [SlotSet("answer", DONE if complete else None), SlotSet("item", item.item)]

    def _read(
        self, turn: Turn, item: Matter, draft: DraftView, field: FormField, element: Element
    ) -> str:
        pressed = str(turn.entities.get("value") or "")
        said = pressed or turn.text
        if not pressed and FED_UP.fullmatch(turn.text.strip()):
            number, total = form.progress(item, draft.answers)
            raise CitizenError("utter_fed_up", left=total - number + 1)
        if attached.takes_files(element):
            return attached.read(turn, draft, field, element, said)
        chosen = element.type is ElementType.choice and checks.recognises(element, said, turn.core.today())
        declined = bool(turn.entities.get("skip")) or checks.declines(turn.text)
        if declined and not field.required and not chosen:
            return form.SKIPPED
        grumbles = element.type in checks.AS_WRITTEN and GRUMBLES.search(turn.text)
        if grumbles or (checks.DECLINES.match(turn.text.strip()) and not chosen):
            raise CitizenError("utter_needed", name=element.name, why=element.why, phone=item.phone)
        if element.type not in (ElementType.slot, ElementType.choice) and turn.text.startswith("/"):
            raise CitizenError("utter_bad_empty", name=element.name)  # a button of another question
        if element.type is ElementType.slot and isinstance(item, ServiceItem):
            choices = turn.core.desk.free_slots(item, draft.answers)
            shown = tuple(Choice(**c) for c in (turn.slot("draft") or {}).get("choices") or ())
            return times_for(element, said, choices, shown, turn.core.today())
        return checks.read(element, said, turn.core.today(), form.choices_of(field, element))

    def _explain(
        self, turn: Turn, say: Say, item: Matter, draft: DraftView, field: FormField,
        error: CitizenError,
    ) -> list[EventType]:
        """Say what is wrong with the answer; the buttons of a choice come again."""
        element = turn.catalogue.elements[field.element]
        kept = {**(turn.slot("draft") or {}), "explained": field.element}
        choices = error.values.pop("choices", form.choices_of(field, element))
        if element.type is ElementType.slot or field.choices:
            kept["choices"] = [c.dict() for c in choices]
        values = {"example": element.example, **error.values}
        buttons = choice_buttons(choices, field)
        if attached.takes_files(element):
            buttons = attached.choices(turn.core.attachments.of_draft(draft.id, element.element), field)
        if error.response in ("utter_needed", "utter_fed_up"):
            buttons += [button("先不办", "stop"), button("转人工", "hand_off")]
        say(error.response, buttons=buttons, **values)
        return [SlotSet("answer", None), SlotSet("draft", kept), SlotSet("state", "asking")]

    def _confirmed(
        self, turn: Turn, say: Say, item: Matter, draft: DraftView
    ) -> list[EventType]:
        if turn.act == "affirm" or turn.text.strip() in {"确认", "提交", "确认提交"}:
            return [SlotSet("answer", DONE)]
        if step_chosen_anew(turn, say, item, draft):
            return [SlotSet("answer", None)]
        if turn.act != "deny" and changed_by_text(turn, say, item, draft):
            return [SlotSet("answer", None)]
        if chosen_anew(turn, say, item, draft):
            return [SlotSet("answer", None)]
        rows = form.summary(turn.catalogue, item, draft.answers)
        say(
            "utter_change_which",
            buttons=[button(name, "change_answer", element=e) for e, name, _ in rows],
        )
        return [
            SlotSet("answer", None), SlotSet("draft", {**turn.slot("draft"), "explained": CONFIRM}),
            SlotSet("state", "confirming"),
        ]
