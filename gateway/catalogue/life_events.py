"""A life event (一件事): several service items that people have to do at the same turn of their life.

``catalogue/life-events/<event>.yml`` names the items, which comes after which, and which answers are the
same. What is asked is worked out from the items: every question once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Optional

from pydantic import Field, validator

from gateway.catalogue.items import ServiceItem
from gateway.catalogue.parts import Element, FormField, Part, Slug, at_least
from gateway.catalogue.terms import Assurance, ElementType, Flow, Sensitivity

YES, NO = "yes", "no"
WANTED = (
    {
        "value": YES, "label": "一起办",
        "aliases": ("办", "要办", "要", "需要", "好", "好的", "好啊", "可以", "行", "是", "是的", "对", "嗯", "办这件", "还没", "没上", "没办过"),
    },
    {
        "value": NO, "label": "不办这件",
        "aliases": ("不办", "不要", "不用", "不需要", "先不办", "办过", "办好了", "上过", "上好了", "登记过", "有了", "已经办了", "已经上了", "没有", "否", "不是", "不"),
    },
)
"""The choices at the question whether an optional step is wanted."""


class Given(Part):
    """A data element that the department of an earlier step gives when it grants that step."""

    step: str
    element: str


class EventStep(Part):
    """One service item of a life event, and where the answers to its questions come from.

    A question stands in ``fixed`` (element → the one answer that fits this event), in ``same`` (element →
    the element of another question that has the same answer) or in ``given`` (known once an earlier step
    is granted; asked after all if people leave that step out). Every other one is asked, once for all
    steps that have it.
    """

    item: str = Slug
    after: tuple[str, ...] = Field((), description="items that must be granted before this one is sent")
    optional: str = Field("", description="the question whether to do it; empty: it belongs to the event")
    why: str = Field("", description="why it comes after the others, one short sentence")
    fixed: dict[str, str] = {}
    same: dict[str, str] = {}
    given: dict[str, Given] = {}

    @property
    def choice(self) -> str:
        """The data element that says whether people want this step."""
        return f"with_{self.item.replace('-', '_')}"


class EventFile(Part):
    """What a file of ``catalogue/life-events/`` says."""

    event: str = Slug
    name: str
    aliases: tuple[str, ...]
    utterances: tuple[str, ...]
    about: str = Field(..., description="what it spares people, one sentence")
    asks: dict[str, str] = Field({}, description="element → the question in this event's own words")
    steps: tuple[EventStep, ...]

    _enough = validator("utterances", allow_reuse=True)(at_least(8))
    _named = validator("aliases", allow_reuse=True)(at_least(1))
    _several = validator("steps", allow_reuse=True)(at_least(2))


class LifeEvent(EventFile):
    """A life event with its service items; ``steps`` stand in the order in which they can be done."""

    items: dict[str, ServiceItem]

    @property
    def item(self) -> str:
        """The id, under the name that drafts know it by."""
        return self.event

    @property
    def flow(self) -> Flow:
        """It is applied for."""
        return Flow.apply

    @property
    def filed(self) -> list[EventStep]:
        """The steps that are applied for here."""
        return [step for step in self.steps if self.items[step.item].flow is Flow.apply]

    @property
    def guides(self) -> list[ServiceItem]:
        """What people still do themselves."""
        return [i for i in (self.items[s.item] for s in self.steps) if i.flow is not Flow.apply]

    @property
    def assurance(self) -> Assurance:
        """As sure as the most demanding step wants to be who it is."""
        levels = list(Assurance)
        return max((self.items[s.item].assurance for s in self.filed), key=levels.index)

    @property
    def phone(self) -> str:
        """The line of the first step's department."""
        return self.items[self.steps[0].item].phone

    @property
    def fields(self) -> tuple[FormField, ...]:
        """Every question that may ever be asked, in order."""
        certain = {step.item for step in self.filed if not step.optional}
        return tuple(self._merged(
            [self._translated(step, list(self.items[step.item].fields), certain) for step in self.filed]
        ))

    def asked(self, answers: Mapping[str, str]) -> list[FormField]:
        """The questions that apply, each once: first which steps are wanted, then those of the steps."""
        return self._merged([self.own_fields(step, answers) for step in self.chosen(answers)])

    def chosen(self, answers: Mapping[str, str]) -> list[EventStep]:
        """The steps that are applied for: those that belong to the event, and the optional ones wanted."""
        return [s for s in self.filed if not s.optional or answers.get(s.choice) == YES]

    def step(self, item: str) -> Optional[EventStep]:
        """The step of that item."""
        return next((step for step in self.steps if step.item == item), None)

    def origin(self, step: EventStep, element: str, chosen: set[str]) -> Optional[str]:
        """The element of the question that answers ``element`` of a step; None when nobody is asked."""
        if element in step.fixed or (element in step.given and step.given[element].step in chosen):
            return None
        if element in step.given:
            return step.given[element].element
        return step.same.get(element, element)

    def answers_of(self, step: EventStep, answers: Mapping[str, str]) -> dict[str, str]:
        """The answers as the step's own item has them, without what an earlier step still has to give."""
        chosen = {s.item for s in self.chosen(answers)}
        own: dict[str, str] = {}
        for element in (f.element for f in self.items[step.item].fields):
            origin = self.origin(step, element, chosen)
            value = step.fixed.get(element) if origin is None else answers.get(origin)
            if value is not None:
                own[element] = value
        return own

    def own_fields(self, step: EventStep, answers: Mapping[str, str]) -> list[FormField]:
        """The questions of one step that apply, under the elements by which the event asks them."""
        chosen = {s.item for s in self.chosen(answers)}
        applies = self.items[step.item].asked(self.answers_of(step, answers))
        return self._translated(step, [f.copy(update={"when": None}) for f in applies], chosen)

    def _translated(self, step: EventStep, fields: list[FormField], chosen: set[str]) -> list[FormField]:
        found = []
        for field in fields:
            origin = self.origin(step, field.element, chosen)
            if origin is None:
                continue
            decides = self.origin(step, field.when.element, chosen) if field.when else None
            when = field.when.copy(update={"element": decides}) if field.when and decides else None
            ask = field.ask if origin == field.element else ""
            found.append(field.copy(update={"element": origin, "when": when, "ask": ask}))
        return found

    def takers(self, element: str, answers: Mapping[str, str]) -> list[ServiceItem]:
        """The service items whose departments get the answer to that element."""
        return [
            self.items[step.item] for step in self.chosen(answers)
            if element in {f.element for f in self.own_fields(step, answers)}
        ]

    def elements(self) -> list[Element]:
        """The data elements that ask which optional steps are wanted."""
        return [
            Element.parse_obj({
                "element": step.choice, "name": f"{self.items[step.item].name}办不办", "type": ElementType.choice,
                "sensitivity": Sensitivity.public, "ask": step.optional, "sent": False, "choices": WANTED,
            })
            for step in self.filed if step.optional
        ]

    def _merged(self, of_steps: list[list[FormField]]) -> list[FormField]:
        merged = {s.choice: FormField.parse_obj({"element": s.choice}) for s in self.filed if s.optional}
        for field in (field for own in of_steps for field in own):
            before = merged.get(field.element)
            if before is not None:  # a question that steps share is asked in the element's own words
                field = before.copy(update={
                    "required": before.required or field.required, "ask": "",
                    "when": before.when if before.when == field.when else None,
                })
            own_words = self.asks.get(field.element)
            merged[field.element] = field.copy(update={"ask": own_words}) if own_words else field
        return list(merged.values())
