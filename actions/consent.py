"""Data instead of papers, in the form: what is known is put in, what a department holds is fetched with
consent, and only the rest is asked. Refusing, or a library that is away, means the ordinary question."""

from __future__ import annotations

import datetime as dt
import re
from itertools import groupby

from rasa_sdk.events import EventType, SlotSet

from actions.turn import Say, Turn, button
from gateway.cases import answers as checks
from gateway.cases import form
from gateway.cases.calendar import spoken_day
from gateway.cases.drafts import DraftView
from gateway.catalogue.model import Element, Flow, FormField, LifeEvent, Matter, ServiceItem, Source
from gateway.identity.consents import sourced, wanted
from gateway.identity.representations import ASKED, BASES, SELF, acts_for
from gateway.identity.sources import OWN, Fetched

CONSENT = "consent"
HEAD = "head"
"""Whoever acts for a company as its head fills in their own name."""
REFUSES = re.compile(r"不同意|不授权|不用|不要|不想|自己填|不给|不行|不可以|不好|拒绝|别|^不")
AGREES = re.compile(
    r"(?:嗯|哦|那|就|是|对|好|行|要得|中|成|ok|yes|的|吧|啊|呀|嘞|[，,。!！ ])+|[^?？]*(?:同意|授权|没问题|可以|[取查]吧)(?:(?![吗么?？]).)*",
    re.IGNORECASE,
)
"""A yes and nothing else, or the words for it, and no question (可以不授权吗, 行不行)."""


def prepare(turn: Turn, say: Say, item: Matter, draft: DraftView) -> tuple[DraftView, list[EventType]]:
    """Put in and fetch what need not be asked.

    Returns:
        The draft as it is then, and the events of the question for consent, if that has to come first.
    """
    draft = _for_oneself(turn, item, draft)
    if turn.signed is None:
        return draft, []
    draft = _own_data(turn, say, item, draft)
    if not _is_own(turn, item, draft) or not _is_settled(item, draft):
        return draft, []
    decided = turn.core.consents.decided(turn.citizen, draft.id)
    if decided is None:
        return draft, _ask(turn, say, item, draft)
    if not decided.open:
        return draft, []
    fetched = turn.core.sources.fetch(turn.signed, decided, draft.id, item, turn.catalogue)
    draft = turn.core.drafts.load(turn.citizen, draft.id)
    _tell(say, fetched, draft)
    return draft, []


def decide(turn: Turn, say: Say, item: Matter, draft: DraftView) -> list[EventType]:
    """Keep what the person said to the question for consent."""
    text, kept = turn.text.strip(), turn.slot("draft") or {}
    refuses = turn.act == "deny" or bool(REFUSES.search(text))
    agrees = turn.text.startswith("/affirm") or bool(AGREES.fullmatch(text))
    if not refuses and not agrees:  # consent is said in so many words
        say("utter_consent_unclear", buttons=_choices())
        return [SlotSet("answer", None), SlotSet("draft", {**kept, "explained": CONSENT}), SlotSet("state", "consenting")]
    elements = _wanted(turn, item, draft)
    if elements:
        turn.core.consents.decide(turn.citizen, draft.id, item, elements, granted=not refuses)
    if refuses:
        say("utter_consent_refused")
    return [SlotSet("answer", None), SlotSet("draft", {**kept, "type": "", "explained": ""})]


def words_of(turn: Turn, field: FormField, draft: DraftView) -> str:
    """The question: the item's own, or about the person for whom it is done, or the element's."""
    element = turn.catalogue.elements[field.element]
    whom = acts_for(draft.answers)
    if field.ask or not element.ask_other or not whom or "acting_company_basis" in draft.answers:
        return field.ask or element.ask
    return element.ask_other.format(whom=checks.show(turn.catalogue.elements[ASKED], whom))


def by_consent(turn: Turn, say: Say, item: ServiceItem) -> None:
    """With the materials: what need not even be filled in, where people can sign in."""
    elements = [e for e in sourced(turn.catalogue, item) if turn.core.sources.offers(e)]
    if elements and turn.core.sign_ins.offered and item.flow is not Flow.guide:
        say("utter_spared_by_consent", what="，".join(sources_of(turn, elements)))


def spared(say: Say, item: ServiceItem) -> None:
    """At the start of an application: the papers that a department has already."""
    names = [m.name for m in item.materials if m.spared and m.source is Source.department]
    if names:
        say("utter_spared", names="、".join(names))


def _for_oneself(turn: Turn, item: Matter, draft: DraftView) -> DraftView:
    """Where nobody can sign in there is nobody who acts for another: what is declared counts."""
    if turn.signed is not None:
        return draft
    asked = {f.element for f in form.asked_fields(item, draft.answers)} & {ASKED, *BASES}
    for element in asked - draft.answers.keys():
        draft = turn.core.drafts.answer(turn.citizen, draft.id, element, form.SKIPPED)
    return draft


def _own_data(turn: Turn, say: Say, item: Matter, draft: DraftView) -> DraftView:
    fields = {f.element: f for f in item.fields}
    mine = draft.answers.get(ASKED) == SELF or draft.answers.get("acting_company_basis") == HEAD
    if ASKED not in fields:
        mine = not any(fields[e].ask for e in OWN if e in fields)
    open_now = [e for e in OWN if e in fields and e not in draft.answers]
    if not mine or not open_now or turn.signed is None:
        return draft
    turn.core.sources.put_own(turn.signed, draft.id, item, turn.catalogue)
    say(
        "utter_own_fixed" if turn.act == "change_answer" else "utter_own_used",
        names="、".join(turn.catalogue.elements[e].name for e in open_now),
    )
    return turn.core.drafts.load(turn.citizen, draft.id)


def _is_own(turn: Turn, item: Matter, draft: DraftView) -> bool:
    """Whether the application is about whoever is signed in: nobody else's data is ever fetched."""
    number = draft.answers.get("id_number")
    return turn.signed is not None and bool(number) and number == turn.signed.id_number


def _is_settled(item: Matter, draft: DraftView) -> bool:
    """Whether it is known which steps of a life event are wanted: one consent is for all that they need."""
    steps = item.filed if isinstance(item, LifeEvent) else []
    return all(step.choice in draft.answers for step in steps if step.optional)


def _wanted(turn: Turn, item: Matter, draft: DraftView) -> list[Element]:
    elements = wanted(turn.catalogue, item, draft.answers)
    return [e for e in elements if turn.core.sources.offers(e)]


def _ask(turn: Turn, say: Say, item: Matter, draft: DraftView) -> list[EventType]:
    elements = _wanted(turn, item, draft)
    if not elements:
        return []
    before = turn.slot("draft") or {}
    if before.get("explained") == CONSENT:
        return [SlotSet("draft", {**before, "explained": ""})]
    days = min(e.source.valid_days for e in elements if e.source)
    say(
        "utter_consent", what="，".join(sources_of(turn, elements)), item=item.name,
        until=spoken_day(turn.core.today() + _days(days)), buttons=_choices(),
    )
    kept = {"id": draft.id, "item": item.item, "element": "", "type": CONSENT, "example": ""}
    return [SlotSet("draft", kept), SlotSet("state", "consenting")]


def sources_of(turn: Turn, elements: list[Element]) -> list[str]:
    """向民政局取婚姻状况、配偶身份证号: one entry a department."""

    def department(element: Element) -> str:
        return element.source.department if element.source else ""

    return [
        f"向{turn.catalogue.departments[name].short_name}取{'、'.join(e.name for e in group)}"
        for name, group in groupby(sorted(elements, key=department), department)
    ]


def _choices() -> list[dict[str, str]]:
    return [button("同意", "affirm"), button("不同意，我自己填", "deny")]


def _tell(say: Say, fetched: Fetched, draft: DraftView) -> None:
    if fetched.used:
        lines = (f"· {e.name}：{checks.show(e, draft.answers[e.element])}" for e in fetched.used)
        say("utter_fetched", lines="\n".join(lines))
    if fetched.missing:
        say("utter_not_fetched", names="、".join(e.name for e in fetched.missing))
    if fetched.away:
        say("utter_library_away", names="、".join(e.name for e in fetched.away))


def _days(days: int) -> dt.timedelta:
    return dt.timedelta(days=days)
