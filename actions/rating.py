"""好差评: takes the grade of a case that has ended."""

from __future__ import annotations

from rasa_sdk.events import EventType

from actions.progress import receipt_in
from actions.turn import Say, Turn, TurnAction, button, remember
from gateway.cases.ratings import GRADES, grade_in

LONGEST = 8
"""Characters of a grade without a word for what is graded."""
CONTENT = 3
"""From this grade on nobody needs to ask what went wrong."""


class ActionRate(TurnAction):
    """Keeps a grade, or asks for one."""

    def name(self) -> str:
        """See rasa_sdk.Action."""
        return "action_rate"

    def act(self, turn: Turn, say: Say) -> list[EventType]:
        """See TurnAction."""
        waiting = turn.core.ratings.waiting(turn.citizen)
        value = str(turn.entities.get("value") or "")
        grade = int(value) if value in {str(g) for g in GRADES} else grade_in(turn.text)
        receipt = receipt_in(turn)
        if receipt and grade:
            return self._keep(turn, say, receipt, grade)
        if not waiting:
            say("utter_rate_nothing")
            return remember(state="idle")
        if grade is None:
            receipt, name = waiting[0]
            say("utter_rate_ask", item=name, buttons=grade_buttons(receipt))
            return remember(state="cases")
        if len(waiting) > 1:
            say("utter_rate_whose", grade=GRADES[grade], buttons=[
                button(f"{name} {of[-4:]}", "rate", receipt=of, value=str(grade)) for of, name in waiting
            ])
            return remember(state="cases")
        return self._keep(turn, say, waiting[0][0], grade)

    @staticmethod
    def _keep(turn: Turn, say: Say, receipt: str, grade: int) -> list[EventType]:
        item = turn.core.ratings.give(turn.citizen, receipt, grade)
        if grade >= CONTENT:
            say("utter_rated", item=item, grade=GRADES[grade])
        else:
            say("utter_rated_bad", item=item, grade=GRADES[grade], buttons=[button("转人工", "hand_off")])
        return remember(state="idle")


def graded(turn: Turn, say: Say) -> list[EventType] | None:
    """还行吧, while an ended case waits for its grade; None when it is no grade, or nothing waits for one."""
    short = 0 < len(turn.text) <= LONGEST and not turn.text.startswith("/")
    if turn.filling or not short or grade_in(turn.text) is None or not turn.core.ratings.waiting(turn.citizen):
        return None
    return ActionRate().act(turn, say)


def grade_buttons(receipt: str) -> list[dict[str, str]]:
    """One button a grade, the best first."""
    return [button(words, "rate", receipt=receipt, value=str(grade)) for grade, words in GRADES.items()]
