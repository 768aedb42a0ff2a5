"""Life events (一件事): what belongs to one, in which order, and starting to fill it in."""

from __future__ import annotations

import re

from rasa_sdk.events import EventType

from actions.find_item import MOST_CHOICES, ask_which
from actions.guide import fee_words, limit_words
from actions.sign_in import ask_to_sign_in, lacks
from actions.turn import Say, Turn, announce_waiting, button, enter, leave, remember
from gateway.cases import form
from gateway.catalogue.life_events import YES, EventStep
from gateway.catalogue.model import CompleteItem, LifeEvent, ServiceItem

ONE = "one"
"""What a button asks for: which single service of the event."""
MOST_BUTTONS = 8
BEGINS = re.compile(r"^(?:现在|那就?|就|好，?|我要)?开始(?:吧|办理?|填)?[吧。!！]*$")
TOGETHER = re.compile(r"^(?:那就?|就|好，?|我要?|给我)?(?:一起|一块儿?|都|全部?|全都|一次)(?:给我)?(?:办|弄|填)")


def event_meant(turn: Turn) -> LifeEvent | None:
    """The life event of a button, or the one that the words mean."""
    pressed = turn.entities.get("item")
    if pressed:
        return turn.catalogue.events.get(str(pressed))
    meant = next((e["event"] for e in turn.events if e["meant"]), "")
    return turn.catalogue.events.get(meant)


def event_in_talk(turn: Turn) -> LifeEvent | None:
    """The life event talked about last."""
    return turn.catalogue.events.get(turn.slot("item") or "")


def around_button(turn: Turn, item: ServiceItem) -> list[dict[str, str]]:
    """The button that offers the whole event beside one of its services, where the words come near to it."""
    near = (turn.catalogue.events.get(e["event"]) for e in turn.events)
    event = next((event for event in near if event and event.step(item.item)), None)
    return [button(event.name, "consult", item=event.event)] if event and not turn.filling else []


def offer_whole(turn: Turn, say: Say, item: ServiceItem) -> None:
    """At the start of what begins a life event: that the rest of it can be filled in along with it."""
    event = next((e for e in turn.catalogue.events.values() if e.filed[0].item == item.item), None)
    if event and not turn.filling:
        say("utter_event_whole", event=event.name, buttons=[button(event.name, "consult", item=event.event)])


def tell(turn: Turn, say: Say, event: LifeEvent) -> list[EventType]:
    """What belongs to it, in order, whose each is, and what can be left out."""
    if turn.filling and not turn.entities:
        say("utter_event_brief", event=event.name, lines=_lines(turn, event))
        return []
    if turn.slot("script") == "en":
        return ask_which(turn, say, [event.items[s.item] for s in event.steps][:MOST_CHOICES], "consult")
    left = leave() if turn.filling else []  # a button says that the event is wanted instead
    if turn.entities.get("value") == ONE:
        return left + tell_one(turn, say, event)
    say(
        "utter_event", event=event.name, about=event.about, lines=_lines(turn, event), total=_most(event),
        buttons=[button("开始办理", "apply", item=event.event), button("只办其中一件", "consult", item=event.event, value=ONE)],
    )
    own = event.guides
    if own:
        say("utter_event_own", lines="\n".join(f"· {i.name}（{turn.department(i).short_name}）" for i in own))
    return left + _in_talk(event)


def _in_talk(event: LifeEvent) -> list[EventType]:
    """The event is what 好 and 第二个 refer to."""
    items = [*(event.items[step.item] for step in event.filed), *event.guides]
    return remember(
        item=event.event, offer={"act": "apply", "item": event.event}, state="consulting",
        candidates=[{"item": i.item, "name": i.name} for i in items],
    )


def wants_all(turn: Turn) -> LifeEvent | None:
    """开始办理, 都办了吧: the event in talk, where nothing else is named."""
    event = event_in_talk(turn)
    said = turn.text.strip()
    return event if event and not turn.filling and (BEGINS.match(said) or TOGETHER.match(said)) else None


def tell_one(turn: Turn, say: Say, event: LifeEvent) -> list[EventType]:
    """The single services of the event, to choose from."""
    items = [event.items[step.item] for step in event.steps]
    say("utter_event_one", buttons=[button(i.name, "choose", item=i.item) for i in items[:MOST_BUTTONS]])
    kept = [{"item": i.item, "name": i.name} for i in items]
    return remember(item=event.event, candidates=kept, pending={"act": "consult", "aspect": "overview"}, state="clarifying")


def start_event(turn: Turn, say: Say, event: LifeEvent) -> list[EventType]:
    """Open (or go on with) the draft of the event."""
    now = turn.draft()
    if turn.filling and now and now.item == event.event:
        return remember(item=event.event)
    draft = turn.core.drafts.start(turn.citizen, event)
    if lacks(turn, event):
        return ask_to_sign_in(turn, say, event)
    if draft.answers:
        done, total = form.progress(event, draft.answers)
        say("utter_resume", item=event.name, done=done - 1, total=total)
    else:
        say("utter_event_intro", event=event.name, total=_most(event))
        if not turn.core.sign_ins.offered:
            say("utter_declared")
    announce_waiting(turn, say)
    return enter(draft.id, event)


def confirm_lines(turn: Turn, event: LifeEvent, answers: dict[str, str]) -> str:
    """The answers for a last look, step by step."""
    blocks = []
    for name, rows in form.summary_by_step(turn.catalogue, event, answers):
        lines = [f"· {label}：{value}" for _, label, value in rows]
        lines += _given_later(turn, event, name, answers)
        blocks.append("\n".join([f"【{name}】" if name else "【几件共用】", *(lines or ["· 用上面填过的"])]))
    return "\n".join(blocks)


def _given_later(turn: Turn, event: LifeEvent, name: str, answers: dict[str, str]) -> list[str]:
    """What an earlier step of the event will fill in."""
    chosen = event.chosen(answers)
    step = next((s for s in chosen if event.items[s.item].name == name), None)
    return [
        f"· {turn.catalogue.elements[source.element].name}：{event.items[source.step].name}办好后，自动填上"
        for source in (step.given.values() if step else ()) if source.step in {s.item for s in chosen}
    ]


def tell_each(turn: Turn, say: Say, event: LifeEvent, aspect: str) -> list[EventType]:
    """How long or how much each of its services is."""
    items = [event.items[step.item] for step in event.steps]
    whole = [i for i in items if isinstance(i, CompleteItem)]
    words = {
        i.item: fee_words(i.fee) if aspect == "fee" else limit_words(i, turn.core.today()) for i in whole
    }
    say("utter_event_each", event=event.name, lines="\n".join(f"· {i.name}：{words[i.item]}" for i in whole))
    return [] if turn.filling else _in_talk(event)


def tell_of_which(turn: Turn, say: Say, event: LifeEvent) -> list[EventType]:
    """A question about the event in talk without saying of which service: answered for all, or asked."""
    if turn.aspect in ("fee", "time_limit"):
        return tell_each(turn, say, event, turn.aspect)
    items = [event.items[step.item] for step in event.steps][:MOST_BUTTONS]
    say("utter_choose_item", buttons=[button(i.name, "consult", item=i.item, aspect=turn.aspect or "overview") for i in items])
    if turn.filling:
        return []
    kept = [{"item": i.item, "name": i.name} for i in items]
    return remember(item=event.event, candidates=kept, pending={"act": "consult", "aspect": turn.aspect}, state="clarifying")


def _lines(turn: Turn, event: LifeEvent) -> str:
    numbers = {step.item: n for n, step in enumerate(event.filed, 1)}
    return "\n".join(f"{numbers[step.item]}. {_line(turn, event, step, numbers)}" for step in event.filed)


def _line(turn: Turn, event: LifeEvent, step: EventStep, numbers: dict[str, int]) -> str:
    item = event.items[step.item]
    after = "、".join(str(numbers[name]) for name in step.after)
    waits = f"，第 {after} 件办好后自动送" if after else ""
    return f"{item.name}（{turn.department(item).short_name}）{waits}{'，可以不办' if step.optional else ''}"


def _most(event: LifeEvent) -> int:
    """The most questions that are asked: those of every step."""
    return len(event.asked({step.choice: YES for step in event.filed if step.optional}))
