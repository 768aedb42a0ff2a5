"""What the files of life events say about items and each other: steps, their order, shared answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Optional

from gateway.catalogue.life_events import EventFile, EventStep
from gateway.catalogue.model import Element, ElementType, Flow, Sensitivity, ServiceItem, Status
from gateway.catalogue.problems import nearest, shown
from gateway.catalogue.yaml_reader import Document, Path
from gateway.errors import CatalogueError


@dataclass(frozen=True)
class _Reading:
    """One file with all that it is held against."""

    file: EventFile
    document: Document
    items: Mapping[str, ServiceItem]
    elements: Mapping[str, Element]

    def item(self, step: EventStep) -> Optional[ServiceItem]:
        return self.items.get(step.item)

    def is_filed(self, id: str) -> bool:
        item = self.items.get(id)
        return item is not None and item.flow is Flow.apply

    def steps(self) -> Iterator[tuple[Path, EventStep, ServiceItem]]:
        for number, step in enumerate(self.file.steps):
            item = self.item(step)
            if item is not None:
                yield ("steps", number), step, item


def check_event(
    file: EventFile, document: Document, items: Mapping[str, ServiceItem], elements: Mapping[str, Element]
) -> Iterator[CatalogueError]:
    """Every reference of one file that leads nowhere, and every step that could never be sent."""
    reading = _Reading(file, document, items, elements)
    yield from _items(reading)
    yield from _order(reading)
    for path, step, item in reading.steps():
        yield from _answers(reading, path, step, item)
    yield from _shared(reading)


def check_event_names(
    files: Mapping[str, EventFile], items: Mapping[str, ServiceItem], documents: Mapping[str, Document]
) -> Iterator[CatalogueError]:
    """A name, alias or id that an item or another event has as well would make the matcher guess."""
    owners = {name: item.item for item in items.values() for name in (item.name, *item.aliases)}
    for event in files.values():
        if event.event in items:
            yield documents[event.event].problem(
                ("event",), f"{shown(event.event)} is also the id of an item", remedy="Rename the file and its event"
            )
        for path, name in [(("name",), event.name), *((("aliases", n), a) for n, a in enumerate(event.aliases))]:
            if owners.setdefault(name, event.event) != event.event:
                yield documents[event.event].problem(
                    path, f"{shown(name)} also means {owners[name]}", "words that mean this event only",
                    "Remove it from one of the two",
                )


def in_order(steps: tuple[EventStep, ...]) -> Optional[list[EventStep]]:
    """The steps so that each comes after what it waits for, else as written; None when they wait in a circle."""
    ordered: list[EventStep] = []
    left = list(steps)
    while left:
        known = {step.item for step in left}
        ready = next((step for step in left if not known & set(step.after)), None)
        if ready is None:
            return None
        ordered.append(ready)
        left.remove(ready)
    return ordered


def _items(reading: _Reading) -> Iterator[CatalogueError]:
    seen: set[str] = set()
    for number, step in enumerate(reading.file.steps):
        path, item = ("steps", number, "item"), reading.item(step)
        if item is None:
            yield reading.document.problem(
                path, f"{shown(step.item)} is not a service item", "the ids of items",
                nearest(step.item, reading.items) or "Write its file first, or use another",
            )
        elif step.item in seen:
            yield reading.document.problem(path, f"{shown(step.item)} stands here twice", remedy="Keep one of the two")
        elif item.status is not Status.active:
            yield reading.document.problem(path, f"{shown(step.item)} is {item.status.value}", "an active item")
        elif item.flow not in (Flow.apply, Flow.guide):
            yield reading.document.problem(
                path, f"{shown(step.item)} is of flow {item.flow.value}",
                "items of flow apply, and of flow guide for what people do themselves", "Take it out",
            )
        seen.add(step.item)
    filed = [s for s in reading.file.steps if reading.is_filed(s.item)]
    if seen <= reading.items.keys() and all(step.optional for step in filed):
        yield reading.document.problem(
            ("steps",), "every step may be left out", "one step of flow apply or more without 'optional'",
            "Remove 'optional' from the step that the event is about",
        )


def _order(reading: _Reading) -> Iterator[CatalogueError]:
    known = {step.item for step in reading.file.steps}
    sound = True
    for path, step, item in reading.steps():
        for position, before in enumerate(step.after):
            at = (*path, "after", position)
            if before not in known:
                sound = False
                yield reading.document.problem(
                    at, f"{shown(before)} is no step of this event", ", ".join(sorted(known - {step.item})),
                    nearest(before, known) or "Add it as a step, or remove it here",
                )
            elif item.flow is Flow.apply and before in reading.items and not reading.is_filed(before):
                yield reading.document.problem(
                    at, f"{shown(before)} is of flow {reading.items[before].flow.value}, so nobody hears when it is done",
                    "steps of flow apply", "Remove it",
                )
    if sound and in_order(reading.file.steps) is None:
        yield reading.document.problem(
            ("steps",), "the steps wait for each other in a circle", "an order in which one step can be the first",
            "Remove an 'after'",
        )


def _answers(reading: _Reading, path: Path, step: EventStep, item: ServiceItem) -> Iterator[CatalogueError]:
    fields = {f.element for f in item.fields}
    deciding = {f.when.element for f in item.fields if f.when}
    for key in ("fixed", "same", "given"):
        for element in getattr(step, key):
            if element not in fields:
                yield reading.document.problem(
                    (*path, key, element), f"{shown(element)} is not asked by {item.item}",
                    ", ".join(sorted(fields)) or "nothing, as that item asks nothing", nearest(element, fields),
                )
    for element, value in step.fixed.items():
        known = reading.elements.get(element)
        choices = [choice.value for choice in known.choices] if known else []
        if choices and value not in choices:
            yield reading.document.problem(
                (*path, "fixed", element), f"{shown(value)} is not a choice of {element}", ", ".join(choices),
                nearest(value, choices),
            )
    for element, other in step.same.items():
        if other not in reading.elements:
            yield reading.document.problem(
                (*path, "same", element), f"{shown(other)} is not a data element", "the ids in elements.yml",
                nearest(other, reading.elements),
            )
    for element, given in step.given.items():
        at = (*path, "given", element)
        if given.step not in step.after:
            yield reading.document.problem(
                (*at, "step"), f"{shown(given.step)} does not come before {step.item}",
                ", ".join(step.after) or "nothing, as this step waits for none", "Add it to 'after'",
            )
        if given.element not in reading.elements:
            yield reading.document.problem(
                (*at, "element"), f"{shown(given.element)} is not a data element", "the ids in elements.yml",
                nearest(given.element, reading.elements),
            )
        if element in deciding:
            yield reading.document.problem(
                at, f"{shown(element)} decides what else is asked, so it must be known at once",
                remedy="Write it under 'fixed', or let it be asked",
            )


def _shared(reading: _Reading) -> Iterator[CatalogueError]:
    """A question that is asked once must offer the same choices to all; a secret is never kept."""
    offered: dict[str, tuple[str, ...]] = {}
    for path, step, item in reading.steps():
        for field in item.fields:
            if field.element in {*step.fixed, *step.same, *step.given}:
                continue
            known = reading.elements.get(field.element)
            if known and known.sensitivity is Sensitivity.secret:
                yield reading.document.problem(
                    (*path, "item"), f"{shown(step.item)} asks for a secret ({field.element})",
                    "items whose answers can wait with the draft", "Take it out",
                )
            if known and known.type is ElementType.attachment and field.element in offered:
                yield reading.document.problem(
                    path, f"{shown(field.element)} asks for files that an earlier step asks for, too",
                    "files that go to one department", "Let the two items ask by different elements",
                )
            if offered.setdefault(field.element, field.choices) != field.choices:
                yield reading.document.problem(
                    path, f"{shown(field.element)} offers other choices than in an earlier step",
                    remedy="Write its answer under 'fixed', or that of another question under 'same'",
                )
    asked = {*offered, *(o for s in reading.file.steps for o in s.same.values()),
             *(g.element for s in reading.file.steps for g in s.given.values())}
    for element in reading.file.asks:
        if element not in asked:
            yield reading.document.problem(
                ("asks", element), f"{shown(element)} is asked by no step", ", ".join(sorted(asked)),
                nearest(element, asked),
            )
