"""What can be done here, or what one department looks after."""

from __future__ import annotations

from rasa_sdk.events import EventType

from actions.life_event import event_meant, tell
from actions.listed import HOTLINE
from actions.turn import Say, Turn, TurnAction, button, remember
from gateway.catalogue.model import Flow
from gateway.catalogue.search import find_department

MOST_DEPARTMENTS = 5
MOST_ITEMS = 5


class ActionListServices(TurnAction):
    """What can be done here, or what one department looks after."""

    def name(self) -> str:
        """See rasa_sdk.Action."""
        return "action_list_services"

    def act(self, turn: Turn, say: Say) -> list[EventType]:
        """See TurnAction."""
        named = turn.catalogue.departments.get(turn.entities.get("department") or "")
        department = named or find_department(turn.catalogue, turn.text)
        event = event_meant(turn)
        if named is None and event is not None:
            return tell(turn, say, event)
        if department is None:
            say(
                "utter_departments", buttons=departments(turn),
                names="、".join(d.short_name for d in turn.catalogue.departments.values()),
            )
            return remember(state="listing")
        items = turn.catalogue.items_of(department.department)
        whole = turn.entities.get("sure") == "all" or len(items) <= MOST_ITEMS
        shown = items if whole else sorted(items, key=lambda i: i.flow is Flow.guide)[:MOST_ITEMS]
        buttons = [button(i.name, "consult", item=i.item) for i in shown[:MOST_ITEMS]]
        if not whole:
            everything = {"department": department.department, "sure": "all"}
            buttons.append(button(f"看全部 {len(items)} 项", "list_services", **everything))
        lines = "\n".join(f"{n}. {i.name}（{i.flow.label}）" for n, i in enumerate(shown, 1))
        say(
            "utter_department" if department.about and department.phone else "utter_department_listed",
            buttons=buttons, name=department.name, about=department.about, lines=lines,
            phone=department.phone or HOTLINE,
        )
        kept = [{"item": i.item, "name": i.name} for i in shown]
        return remember(candidates=kept, pending={"act": "consult", "aspect": ""}, state="listing")


def departments(turn: Turn) -> list[dict[str, str]]:
    """Buttons of departments, and the way to a human."""
    known = list(turn.catalogue.departments.values())
    known.sort(key=lambda d: -len(turn.catalogue.items_of(d.department)))
    buttons = [
        button(d.short_name, "list_services", department=d.department) for d in known[:MOST_DEPARTMENTS]
    ]
    return [*buttons, button("转人工", "hand_off")]
