"""Which question comes next. Pure functions of an item and the answers so far."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.cases import answers as checks
from gateway.catalogue.model import Catalogue, Choice, Element, ElementType, FormField, ServiceItem

SKIPPED = ""


def asked_fields(item: ServiceItem, answers: Mapping[str, str]) -> list[FormField]:
    """The fields that apply, given the choices made so far."""
    return [
        field for field in item.fields
        if field.when is None or answers.get(field.when.element) in field.when.is_one_of
    ]


def choices_of(field: FormField, element: Element) -> tuple[Choice, ...]:
    """The choices that are offered at this question."""
    return tuple(c for c in element.choices if not field.choices or c.value in field.choices)


def next_field(item: ServiceItem, answers: Mapping[str, str]) -> FormField | None:
    """The first field without an answer; None when the form is complete."""
    return next((f for f in asked_fields(item, answers) if f.element not in answers), None)


def progress(item: ServiceItem, answers: Mapping[str, str]) -> tuple[int, int]:
    """(number of the question asked now, number of questions in all)."""
    fields = asked_fields(item, answers)
    done = sum(f.element in answers for f in fields)
    return min(done + 1, len(fields)), len(fields)


def attachments_of(
    catalogue: Catalogue, item: ServiceItem, answers: Mapping[str, str]
) -> list[Element]:
    """The elements that take files among the questions that apply, in their order."""
    asked = (catalogue.elements[f.element] for f in asked_fields(item, answers))
    return [element for element in asked if element.type is ElementType.attachment]


def without_stale(item: ServiceItem, answers: Mapping[str, str]) -> dict[str, str]:
    """The answers that still apply after one was changed."""
    kept = dict(answers)
    while True:
        fields = {f.element for f in asked_fields(item, kept)}
        stale = [e for e in kept if e not in fields]
        if not stale:
            return kept
        for element in stale:
            del kept[element]


def summary(catalogue: Catalogue, item: ServiceItem, answers: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """(element, name, value as its citizen reads it) of every given answer."""
    rows = []
    for field in asked_fields(item, answers):
        value = answers.get(field.element, SKIPPED)
        if value != SKIPPED:
            element = catalogue.elements[field.element]
            rows.append((field.element, element.name, checks.show(element, value)))
    return rows


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
