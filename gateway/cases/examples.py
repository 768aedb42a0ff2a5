"""Answers to every question of a service item, made from the examples of its data elements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from gateway.cases import answers as checks
from gateway.cases import form
from gateway.catalogue.model import Catalogue, Element, ElementType, ServiceItem

DAY = dt.date(2026, 12, 1)
"""The day on which the examples are read; one without a year is of this year."""


def example_answers(
    catalogue: Catalogue, item: ServiceItem, given: Mapping[str, str] = {}
) -> dict[str, str]:
    """What a citizen would have answered, as it is kept: the examples, and of choices the first.

    ``given`` goes before them. What no example can know is left out: a free time, a password, a file.
    """
    answers: dict[str, str] = {}
    while (field := form.next_field(item, answers)) is not None:
        example = _example(catalogue.elements[field.element])
        answers[field.element] = given.get(field.element, example)
    return answers


def _example(element: Element) -> str:
    if element.choices:
        return element.choices[0].value
    if element.type in (ElementType.slot, ElementType.secret, ElementType.attachment):
        return form.SKIPPED
    return checks.read(element, element.example, DAY)
