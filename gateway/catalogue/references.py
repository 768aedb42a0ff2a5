"""What the files of a catalogue say about each other: fields, conditions of fields, aliases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Optional

from gateway.catalogue.model import ServiceItem, When
from gateway.catalogue.problems import nearest, shown
from gateway.catalogue.yaml_reader import Document
from gateway.errors import CatalogueError

# Id → values of its choices; None for the choices of an element that could not be read.
Choices = Mapping[str, Optional[list[str]]]


def check_references(
    items: Mapping[str, ServiceItem],
    elements: Optional[Choices],
    documents: Mapping[str, Document],
) -> Iterator[CatalogueError]:
    """Every reference that leads nowhere and every name that leads to two items.

    ``elements`` is None when ``elements.yml`` could not be read: its references are then not
    checked. ``documents`` holds the document of each item.
    """
    if elements is not None:
        for name, item in items.items():
            yield from _fields(item, elements, documents[name])
    yield from _names(items, documents)


def _fields(
    item: ServiceItem, elements: Choices, document: Document
) -> Iterator[CatalogueError]:
    asked: list[str] = []
    for number, field in enumerate(item.fields):
        path = ("fields", number, "element")
        if field.element not in elements:
            yield document.problem(
                path, f"{shown(field.element)} is not a data element", "the ids in elements.yml",
                nearest(field.element, elements) or "Add it to elements.yml, or use another",
            )
        elif field.element in asked:
            yield document.problem(
                path, f"{shown(field.element)} is asked twice", "each element once",
                "Remove one of the two, or widen its 'when'",
            )
        known = elements.get(field.element)
        for position, value in enumerate(field.choices):
            if known is not None and value not in known:
                yield document.problem(
                    ("fields", number, "choices", position), f"{shown(value)} is not a choice of {field.element}",
                    ", ".join(known) or "nothing, as that element has no choices", nearest(value, known),
                )
        if field.when:
            yield from _when(field.when, number, asked, elements, document)
        asked.append(field.element)


def _when(
    when: When,
    number: int,
    asked: list[str],
    elements: Choices,
    document: Document,
) -> Iterator[CatalogueError]:
    path = ("fields", number, "when")
    if when.element not in asked:
        yield document.problem(
            (*path, "element"), f"{shown(when.element)} is not asked before this field",
            ", ".join(asked) or "nothing, as this is the first field",
            nearest(when.element, asked) or "Ask it earlier in the list, or remove 'when'",
        )
    elif (choices := elements.get(when.element)) is not None:
        for position, value in enumerate(when.is_one_of):
            if value not in choices:
                yield document.problem(
                    (*path, "in", position), f"{shown(value)} is not a choice of {when.element}",
                    ", ".join(choices) or "nothing, as that element has no choices",
                    nearest(value, choices),
                )


def _names(
    items: Mapping[str, ServiceItem], documents: Mapping[str, Document]
) -> Iterator[CatalogueError]:
    """An alias that another item also has, or has as its name, would make the matcher guess."""
    owners: dict[str, list[str]] = {}
    for item in items.values():
        owners.setdefault(item.name, []).append(item.item)
    for item in items.values():
        for number, alias in enumerate(item.aliases):
            others = [owner for owner in owners.get(alias, []) if owner != item.item]
            if others:
                yield documents[item.item].problem(
                    ("aliases", number), f"{shown(alias)} also means {documents[others[0]].file}",
                    "an alias that means this item only", "Remove it from one of the two",
                )
            else:
                owners.setdefault(alias, []).append(item.item)
