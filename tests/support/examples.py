"""Answers to every question of a service item: the examples, and every way through its form."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from gateway.cases.examples import DAY, example_answers
from gateway.catalogue.model import Catalogue, ServiceItem

__all__ = ["DAY", "every_choice", "example_answers"]


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
