"""Which question comes next. Pure functions of what is filled in (an item, a life event) and the answers so far."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.cases import answers as checks
from gateway.catalogue.model import (
    Catalogue,
    Choice,
    Element,
    ElementType,
    FormField,
    LifeEvent,
    Matter,
)

SKIPPED = ""
PLACE = "service_place"


def asked_fields(item: Matter, answers: Mapping[str, str]) -> list[FormField]:
    """The fields that apply, given the choices made so far."""
    return item.asked(answers)


def choices_of(field: FormField, element: Element) -> tuple[Choice, ...]:
    """The choices that are offered at this question."""
    return tuple(c for c in element.choices if not field.choices or c.value in field.choices)


def next_field(item: Matter, answers: Mapping[str, str]) -> FormField | None:
    """The first field without an answer; None when the form is complete."""
    return next((f for f in asked_fields(item, answers) if f.element not in answers), None)


def progress(item: Matter, answers: Mapping[str, str]) -> tuple[int, int]:
    """(number of the question asked now, number of questions in all)."""
    fields = asked_fields(item, answers)
    done = sum(f.element in answers for f in fields)
    return min(done + 1, len(fields)), len(fields)


def attachments_of(
    catalogue: Catalogue, item: Matter, answers: Mapping[str, str]
) -> list[Element]:
    """The elements that take files among the questions that apply, in their order."""
    asked = (catalogue.elements[f.element] for f in asked_fields(item, answers))
    return [element for element in asked if element.type is ElementType.attachment]


def without_stale(item: Matter, answers: Mapping[str, str]) -> dict[str, str]:
    """The answers that still apply after one was changed."""
    kept = dict(answers)
    while True:
        fields = {f.element for f in asked_fields(item, kept)}
        stale = [e for e in kept if e not in fields]
        if not stale:
            return kept
        for element in stale:
            del kept[element]


def summary(catalogue: Catalogue, item: Matter, answers: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """(element, name, value as its citizen reads it) of every given answer."""
    rows = []
    for field in asked_fields(item, answers):
        value = answers.get(field.element, SKIPPED)
        if value != SKIPPED:
            element = catalogue.elements[field.element]
            rows.append((field.element, element.name, checks.show(element, value)))
    return rows


def summary_by_step(
    catalogue: Catalogue, event: LifeEvent, answers: Mapping[str, str]
) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """The summary of a life event in groups: what several steps share under an empty name, then the rest of each step
    under its item's name; a step that only uses what is shared has an empty group."""
    rows = {row[0]: row for row in summary(catalogue, event, answers)}
    of_step = {
        step.item: [f.element for f in event.own_fields(step, answers) if f.element in rows]
        for step in event.chosen(answers)
    }
    every = [element for own in of_step.values() for element in own]
    shared = [row for element, row in rows.items() if every.count(element) > 1]
    groups = [("", shared)] if shared else []
    for item, own in of_step.items():
        groups.append((event.items[item].name, [rows[e] for e in own if every.count(e) == 1]))
    return groups


def visit(catalogue: Catalogue, item: Matter, answers: Mapping[str, str]) -> str:
    """Time and place of an appointment, as people read them; empty where none is made."""
    words = {
        element: value for element, _, value in summary(catalogue, item, answers)
        if catalogue.elements[element].type is ElementType.slot or element == PLACE
    }
    place = words.pop(PLACE, "")
    time = "，".join(words.values())
    return time if not time or place in time else f"{time}，{place}"


def appointment(choice: Choice) -> str:
    """The kept answer of a chosen time: its id and its label, since the list of free times changes."""
    return f"{choice.value} {choice.label}"


def to_send(catalogue: Catalogue, answers: Mapping[str, str]) -> dict[str, str]:
    """The answers as departments get them: without skipped ones, files and those kept here, a time by its id."""
    sent = {}
    for element, value in answers.items():
        goes_as_file = catalogue.elements[element].type is ElementType.attachment
        if value != SKIPPED and catalogue.elements[element].sent and not goes_as_file:
            timed = catalogue.elements[element].type is ElementType.slot
            sent[element] = value.partition(" ")[0] if timed else value
    return sent
