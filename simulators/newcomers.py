"""Sample systems for departments that are new in the catalogue: the shared platform, with the forms of their own files.

A department whose ``addresses.sample`` is one of the ports kept for that gets one. What it takes follows from
``connector.yml`` (codes, names of fields), its items (which questions) and ``elements.yml`` (what each may hold).
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, Optional

import yaml

from simulators.appointments import Diary
from simulators.bureaus import SEES_NOBODY, Bureau
from simulators.forms import Field, Matter, Rule

PORTS = range(17, 98)
"""Ports above the base that are kept for them: behind the departments that are always there."""
WAYS = {"apply": "submit", "appointment": "book"}
_ADDRESS = re.compile(r"http://(?:127\.0\.0\.1|localhost):(\d+)/?")
_RULES: Mapping[str, Rule] = {
    "person_name": "name", "id_number": "id", "phone": "mobile", "bank_card": "card", "credit_code": "credit",
    "amount": "income", "integer": "count", "date": "day", "month": "month",
}
_TEXT = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_PLACES = {"01": "市民服务中心", "02": "城东便民服务中心"}


@dataclasses.dataclass(frozen=True)
class Newcomer:
    """One new department; it listens at the base port plus ``number``."""

    number: int
    bureau: Bureau


def newcomers(
    catalogue: Path, base: int, known: Collection[str], told: Callable[[str], None] = lambda _: None
) -> list[Newcomer]:
    """Those of a catalogue, by port; ``base`` is the port that its files count from. One whose files cannot be
    read is left out, and ``told`` hears why: the check of the catalogue says more."""
    found: dict[int, Newcomer] = {}
    for path in sorted(catalogue.glob("*/connector.yml")):
        name = path.parent.name
        if name.startswith("_") or name in known:
            continue
        try:
            manifest = _read(path)
            number = _number(manifest, base)
            if number is None:
                continue
            if number in found:
                raise ValueError(f"{found[number].bureau.name} has the same port")
            found[number] = Newcomer(number, _bureau(path.parent, manifest, _elements(catalogue)))
        except (OSError, ValueError, KeyError, TypeError, AttributeError, yaml.YAMLError) as error:
            told(f"  {name} gets no sample system: {type(error).__name__} {error}")
    return [found[number] for number in sorted(found)]


def _number(manifest: Mapping[str, Any], base: int) -> Optional[int]:
    match = _ADDRESS.fullmatch(manifest["addresses"].get("sample") or "")
    number = int(match.group(1)) - base if match else 0
    return number if number in PORTS else None


def _bureau(folder: Path, manifest: Mapping[str, Any], elements: Mapping[str, Any]) -> Bureau:
    matters, books = {}, False
    for path in sorted(folder.glob("*.yml")):
        item = _read(path)
        if path.name in ("connector.yml", "department.yml") or item.get("flow") not in WAYS:
            continue
        code = manifest["items"][path.stem]
        fields = tuple(_fields(item["fields"], manifest, elements))
        books = books or item["flow"] == "appointment"
        matters[code] = Matter(item["name"], fields, WAYS[item["flow"]])  # type: ignore[arg-type]
    title = _read(folder / "department.yml")["name"]
    prefix = "".join(word[0] for word in folder.name.split("-")).upper()
    return Bureau(
        folder.name, f"{title}业务系统", prefix, matters, Diary(_PLACES) if books else SEES_NOBODY,
        key=manifest["auth"]["secret"],
    )


def _fields(asked: list[Any], manifest: Mapping[str, Any], elements: Mapping[str, Any]) -> list[Field]:
    names, values = manifest["fields"], manifest.get("values") or {}
    fields = []
    for one in asked:
        element = elements[one["element"]]
        if element.get("sent") == "false" or element["type"] == "attachment":
            continue
        when, needed = one.get("when"), one.get("required") != "false"
        told = bool(when) and when["element"] in names
        fields.append(Field(
            names[one["element"]], _RULES.get(element["type"], "text"),
            codes=frozenset(values.get(one["element"], {}).values()),
            when=(names[when["element"]], _codes(when, values)) if told and needed else None,
            optional=not needed or (bool(when) and not told),
        ))
    return fields


def _codes(when: Mapping[str, Any], values: Mapping[str, Any]) -> str:
    """The department's codes of the choices with which a question is asked."""
    return " ".join(values[when["element"]][choice] for choice in when["in"])


def _elements(catalogue: Path) -> dict[str, Any]:
    return {e["element"]: e for e in _read(catalogue / "elements.yml")["elements"]}


def _read(path: Path) -> Any:
    """A file with every scalar as text, as the departments' codes need it."""
    return yaml.load(path.read_text("utf-8"), Loader=_TEXT)  # noqa: S506 (text only)
