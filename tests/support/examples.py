"""Answers to every question of a service item, made from the examples of its data elements."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Mapping

from gateway.cases import answers as checks
from gateway.cases import form
from gateway.catalogue.model import Catalogue, Element, ElementType, ServiceItem

DAY = dt.date(2026, 12, 1)
"""The day on which the examples are read; one without a year is of this year."""


def example_answers(
    catalogue: Catalogue, item: ServiceItem, given: Mapping[str, str] = {}
) -> dict[str, str]:
    """What a citizen would have answered, as it is kept: the examples, and of choices the first.

    ``given`` goes before them. What no example can know is left out: a free time, a password.
    """
    answers: dict[str, str] = {}
    while (field := form.next_field(item, answers)) is not None:
        example = _example(catalogue.elements[field.element])
        answers[field.element] = given.get(field.element, example)
    return answers


def every_choice(catalogue: Catalogue, item: ServiceItem) -> Iterator[dict[str, str]]:
    """What to choose so that every way through the form is gone with every choice on it."""
    elements = [catalogue.elements[field.element] for field in item.fields]
    choices = {e.element: [c.value for c in e.choices] for e in elements if e.choices}
    forks = sorted({field.when.element for field in item.fields if field.when})
    others = {element: values for element, values in choices.items() if element not in forks}
    most = max(map(len, others.values()), default=1)
    for way in itertools.product(*(choices[element] for element in forks)):
        for n in range(most):
            taken = {element: values[n % len(values)] for element, values in others.items()}
            yield {**taken, **dict(zip(forks, way, strict=True))}


def _example(element: Element) -> str:
    if element.choices:
        return element.choices[0].value
    if element.type in (ElementType.slot, ElementType.secret):
        return form.SKIPPED
    return checks.read(element, element.example, DAY)
