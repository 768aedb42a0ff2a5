"""Turns what pydantic says about a record into sentences for the person who wrote the file."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError
from pydantic.fields import MAPPING_LIKE_SHAPES, ModelField

from gateway.catalogue.model import Labelled, Part
from gateway.catalogue.yaml_reader import Document, Path
from gateway.errors import CatalogueError

LONGEST_SHOWN = 40  # characters of a wrong value that are repeated in the message

# pydantic's type of error → what was found (with {value}), what is allowed, what to do.
SENTENCES: dict[str, tuple[str, str, str]] = {
    "value_error.missing": ("is missing", "", "Add it"),
    "type_error.none.not_allowed": ("is empty", "", "Write a value, or remove the line"),
    "type_error.enum": ("{value} is not a known value", "", "Write one of these"),
    "type_error.str": ("holds a list or keys", "one text", "Write the text after the colon"),
    "type_error.tuple": ("is not a list", "a list", "Write each entry on a line that begins '- '"),
    "type_error.dict": ("is not a set of keys", "keys with values", "Write its keys on own lines"),
    "type_error.integer": ("{value} is not a whole number", "a whole number such as 3", ""),
    "type_error.float": ("{value} is not a number", "a number such as 20 or 7.5", ""),
    "value_error.number.not_finite_number": ("{value} is not an amount", "a number such as 20", ""),
    "value_error.number.not_ge": ("{value} is too small", "{limit_value} or more", ""),
    "value_error.date": ("{value} is not a day", "year-month-day such as 2025-10-08", ""),
    "value_error.str.regex": ("{value} is not well formed", "{shape}", "Rename it"),
    "type_error.bool": ("{value} is neither true nor false", "true, false", ""),
    "value_error.boolean": ("{value} is neither true nor false", "true, false", ""),
}
SHAPES = {
    "-": "small letters and digits in words joined by '-', such as id-card",
    "_": "small letters, digits and '_', such as id_number",
}


def nearest(word: object, known: Iterable[str]) -> str:
    """``Did you mean 'x'?`` for the known word most like ``word``; empty when none is like it."""
    found = difflib.get_close_matches(str(word), list(known), n=1, cutoff=0.6)
    return f"Did you mean '{found[0]}'?" if found else ""


def shown(value: object) -> str:
    """A value in quotes, cut to a length that fits a sentence."""
    text = str(value)
    return f"'{text[:LONGEST_SHOWN]}…'" if len(text) > LONGEST_SHOWN else f"'{text}'"


def explain(
    error: ValidationError, model: type[Part], document: Document, at: Path = ()
) -> list[CatalogueError]:
    """One problem for each of pydantic's errors in the record that stands at ``at``."""
    record = _value_at(document.data, at)
    return [_problem(dict(entry), model, document, at, record) for entry in error.errors()]


def _problem(
    entry: dict[str, Any], model: type[Part], document: Document, at: Path, record: Any
) -> CatalogueError:
    path: Path = tuple(entry["loc"])
    kind, context = entry["type"], entry.get("ctx", {})
    if path == ("__root__",):  # the record itself is not a mapping
        path, kind = (), "type_error.dict"
    if kind == "value_error.extra":
        known = _known_keys(model, path[:-1])
        remedy = nearest(path[-1], known) or "Remove it, or correct its name"
        return document.problem((*at, *path), "is not a known key", ", ".join(known), remedy)
    value = _value_at(record, path)
    found, allowed, remedy = SENTENCES.get(kind, (entry["msg"], "", ""))
    context = {**context, "value": shown(value)}
    field = _field(model, path)
    if isinstance(choices := field and field.type_, type) and issubclass(choices, Labelled):
        allowed = ", ".join(f"{choice.value} ({choice.label})" for choice in choices)
        if value is not None:
            remedy = nearest(value, [choice.value for choice in choices]) or remedy
    elif kind == "value_error.missing" and field and field.field_info.description:
        allowed = field.field_info.description
    elif kind == "value_error.str.regex":
        context["shape"] = SHAPES["_" if "_" in context["pattern"] else "-"]
    if kind in SENTENCES:
        found, allowed = found.format(**context), allowed.format(**context)
    return document.problem((*at, *path), found, allowed, remedy)


def _field(model: type[Part], path: Path) -> ModelField | None:
    """The model's field that ``path`` leads to, going through lists, tables and inner records."""
    current: Any = model
    field: ModelField | None = None
    in_table = False
    for part in path:
        if isinstance(part, int) or in_table:  # the key of a table is anything
            in_table = False
            continue
        if not (isinstance(current, type) and issubclass(current, Part)):
            return None
        field = next((f for f in current.__fields__.values() if f.alias == part), None)
        if field is None:
            return None
        current = field.type_
        in_table = field.shape in MAPPING_LIKE_SHAPES
    return field


def _known_keys(model: type[Part], path: Path) -> list[str]:
    field = _field(model, path)
    inner: Any = field.type_ if field else model
    return [f.alias for f in inner.__fields__.values()]


def _value_at(value: Any, path: Path) -> Any:
    for part in path:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            return None
    return value
